namespace FlGlm.Benchmarks.Processes;

/// <summary>
/// How long no compute lane of a process works, from the states of its threads in /proc (Linux): a lane without work sleeps, and one that waits for a
/// core counts as working.
/// </summary>
internal static class LaneWatch
{
    private const string LaneName = "compute";
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(2);

    /// <summary>The folders in /proc of a process's compute lanes.</summary>
    public static IEnumerable<string> Lanes(int process) => Directory.GetDirectories($"/proc/{process}/task")
        .Where(thread => File.ReadAllText(Path.Combine(thread, "comm")).StartsWith(LaneName, StringComparison.Ordinal));

    /// <param name="process">its number</param>
    /// <param name="work">during which it is watched</param>
    /// <returns>the share of the time in which all lanes sleep, 0..1, and the number of lanes</returns>
    public static async Task<(double Share, int Lanes)> IdleShareAsync(int process, Func<Task> work)
    {
        var lanes = Lanes(process).Select(lane => Path.Combine(lane, "stat")).ToArray();
        using var over = new CancellationTokenSource();
        var watching = Task.Factory.StartNew(() => Watch(lanes, over.Token), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        try
        {
            await work();
        }
        finally
        {
            await over.CancelAsync();
        }

        return (await watching, lanes.Length);
    }

    /// <summary>Each look counts for the time since the one before: on a busy machine they are late.</summary>
    private static double Watch(string[] lanes, CancellationToken over)
    {
        var (idle, all) = (0.0, 0.0);
        var last = System.Diagnostics.Stopwatch.GetTimestamp();
        while (!over.WaitHandle.WaitOne(Glance))
        {
            var isIdle = Array.TrueForAll(lanes, Sleeps);
            var now = System.Diagnostics.Stopwatch.GetTimestamp();
            var passed = System.Diagnostics.Stopwatch.GetElapsedTime(last, now).TotalSeconds;
            (idle, all, last) = (idle + (isIdle ? passed : 0), all + passed, now);
        }

        return all > 0 ? idle / all : double.NaN;
    }

    /// <summary>The state stands behind the name in parentheses, which may hold spaces.</summary>
    private static bool Sleeps(string lane)
    {
        var stat = File.ReadAllText(lane);
        return stat[stat.LastIndexOf(')') + 2] == 'S';
    }
}
