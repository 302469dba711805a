using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace FlGlm.Benchmarks.Processes;

/// <summary>The real command line in a process of its own.</summary>
internal sealed partial class FlGlmProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly Task _reading;
    private readonly Task<string> _errors;

    /// <param name="arguments">as typed behind <c>flglm</c></param>
    /// <param name="step">told the number of every step that its <c>--json</c> lines report</param>
    public FlGlmProcess(IEnumerable<string> arguments, Action<int>? step = null)
    {
        string[] all = [Path.Combine(AppContext.BaseDirectory, "flglm.dll"), .. arguments, "--json"];
        _process = Process.Start(new ProcessStartInfo("dotnet", all) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        _errors = _process.StandardError.ReadToEndAsync();
        _reading = ReadAsync(step);
    }

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <summary>Runs a command to its end.</summary>
    public static async Task RunAsync(params string[] arguments)
    {
        await using var process = new FlGlmProcess(arguments);
        await process.EndAsync();
    }

    /// <summary>Waits for a good end.</summary>
    /// <exception cref="InvalidOperationException">it ended with an error, which is the message</exception>
    public async Task EndAsync()
    {
        var code = await WaitAsync();
        if (code != 0)
            throw new InvalidOperationException($"flglm ended with exit code {code}: {(await _errors).Trim()}");
    }

    /// <returns>the exit code</returns>
    public async Task<int> WaitAsync()
    {
        await _process.WaitForExitAsync();
        await _reading;
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

    [GeneratedRegex("^{\"event\":\"step\".*\"step\":([0-9]+)")]
    private static partial Regex StepLine();
}
