using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace FlGlm.Benchmarks.Processes;

/// <summary>The real command line in a process of its own, with an eye on its memory (Linux).</summary>
internal sealed partial class FlGlmProcess : IAsyncDisposable
{
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(20);
    private readonly Process _process;
    private readonly Task _reading;
    private readonly Task<string> _errors;
    private readonly Task _watching;
    private long _peak;

    /// <param name="arguments">as typed behind <c>flglm</c></param>
    /// <param name="step">told the number of every step that its <c>--json</c> lines report</param>
    public FlGlmProcess(IEnumerable<string> arguments, Action<int>? step = null)
    {
        string[] all = [Path.Combine(AppContext.BaseDirectory, "flglm.dll"), .. arguments, "--json"];
        _process = Process.Start(new ProcessStartInfo("dotnet", all) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        _errors = _process.StandardError.ReadToEndAsync();
        _reading = ReadAsync(step);
        _watching = WatchAsync();
    }

    /// <summary>Resident now, in bytes.</summary>
    public long Resident => Read("VmRSS");

    /// <summary>The most that was ever resident, in bytes.</summary>
    public long Peak => Volatile.Read(ref _peak);

    /// <summary>Runs a command to its end.</summary>
    /// <returns>its peak, in bytes</returns>
    public static async Task<long> RunAsync(params string[] arguments)
    {
        await using var process = new FlGlmProcess(arguments);
        return await process.EndAsync();
    }

    /// <summary>Waits for a good end.</summary>
    /// <returns>the peak, in bytes</returns>
    /// <exception cref="InvalidOperationException">it ended with an error, which is the message</exception>
    public async Task<long> EndAsync()
    {
        var code = await WaitAsync();
        return code == 0 ? Peak : throw new InvalidOperationException($"flglm ended with exit code {code}: {(await _errors).Trim()}");
    }

    /// <returns>the exit code</returns>
    public async Task<int> WaitAsync()
    {
        await _process.WaitForExitAsync();
        await Task.WhenAll(_reading, _watching);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill();
        await WaitAsync();
        _process.Dispose();
    }

    private async Task ReadAsync(Action<int>? step)
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (StepLine().Match(line) is { Success: true } match)
                step?.Invoke(int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture));
        }
    }

    private async Task WatchAsync()
    {
        using var timer = new PeriodicTimer(Glance);
        do
        {
            Volatile.Write(ref _peak, Math.Max(_peak, Read("VmHWM")));
        }
        while (!_process.HasExited && await timer.WaitForNextTickAsync());
    }

    /// <summary>A field of /proc/PID/status; 0 where the process is gone.</summary>
    private long Read(string field)
    {
        try
        {
            var line = File.ReadLines($"/proc/{_process.Id}/status").FirstOrDefault(line => line.StartsWith(field + ":", StringComparison.Ordinal));
            return line is null ? 0 : 1024 * long.Parse(line[(field.Length + 1)..^2], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return 0;
        }
    }

    [GeneratedRegex("^{\"event\":\"step\".*\"step\":([0-9]+)")]
    private static partial Regex StepLine();
}
