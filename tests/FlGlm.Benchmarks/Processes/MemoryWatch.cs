using System.Globalization;

namespace FlGlm.Benchmarks.Processes;

/// <summary>An eye on a process's memory, from /proc (Linux).</summary>
internal sealed class MemoryWatch
{
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(20);
    private readonly FlGlmProcess _process;
    private readonly Task _watching;
    private long _peak;

    public MemoryWatch(FlGlmProcess process)
    {
        _process = process;
        _watching = WatchAsync();
    }

    /// <summary>Resident now, in bytes.</summary>
    public long Resident => Read("VmRSS");

    /// <summary>Waits for the process's good end.</summary>
    /// <returns>the most that was ever resident, in bytes</returns>
    public async Task<long> PeakAsync()
    {
        await _process.EndAsync();
        await _watching;
        return _peak;
    }

    private async Task WatchAsync()
    {
        using var timer = new PeriodicTimer(Glance);
        do
        {
            _peak = Math.Max(_peak, Read("VmHWM"));
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
}
