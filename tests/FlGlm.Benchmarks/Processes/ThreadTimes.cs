using System.Globalization;

namespace FlGlm.Benchmarks.Processes;

/// <summary>Processor seconds of a process, from /proc (Linux): of the threads that compute with tensors, and of all that lies beside them.</summary>
/// <param name="Lanes">of its compute lanes</param>
/// <param name="Beside">of all other threads, those that have ended included</param>
internal sealed record ThreadTimes(double Lanes, double Beside)
{
    private const double Nanosecond = 1e-9;

    /// <summary>Of clock ticks, the unit of stat, a second has these many on every Linux that .NET runs on.</summary>
    private const double TicksPerSecond = 100;

    /// <param name="process">its number</param>
    public static ThreadTimes Of(int process)
    {
        var lanes = LaneWatch.Lanes(process).Sum(lane => double.Parse(File.ReadAllText(Path.Combine(lane, "schedstat")).Split(' ')[0], CultureInfo.InvariantCulture)) * Nanosecond;
        var stat = File.ReadAllText($"/proc/{process}/stat");
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return new ThreadTimes(lanes, (Ticks(11) + Ticks(12)) / TicksPerSecond - lanes); // user and system time

        double Ticks(int field) => double.Parse(fields[field], CultureInfo.InvariantCulture);
    }

    /// <summary>Of one of some steps that lie between two looks.</summary>
    public ThreadTimes PerStepSince(ThreadTimes before, int steps) => new((Lanes - before.Lanes) / steps, (Beside - before.Beside) / steps);
}
