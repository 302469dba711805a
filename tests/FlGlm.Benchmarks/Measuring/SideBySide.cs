using System.Diagnostics;

namespace FlGlm.Benchmarks.Measuring;

/// <summary>Times two things in turn, one of each, so that whatever else the machine does hits both alike.</summary>
/// <param name="Ours">FlGlm's</param>
/// <param name="Baseline">of what it is compared with</param>
internal sealed record SideBySide(Samples Ours, Samples Baseline)
{
    private const int DroppedSteps = 3;

    /// <summary>Long enough for the runtime's compiler and for the first RSA keys, which are made in the background.</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(4);

    /// <summary>Ours / baseline, of the medians.</summary>
    public double Ratio => Ours.P50 / Baseline.P50;

    public static Task<SideBySide> MeasureAsync(int steps, Func<Task> ours, Func<Task> baseline) =>
        MeasureAsync(steps, () => TimeAsync(ours), () => TimeAsync(baseline));

    /// <param name="ours">does it once and tells how many seconds it took</param>
    /// <param name="baseline">likewise</param>
    public static async Task<SideBySide> MeasureAsync(int steps, Func<Task<double>> ours, Func<Task<double>> baseline)
    {
        await SettleAsync(baseline, ours);
        var (mine, theirs) = (new List<double>(), new List<double>());
        for (var step = 0; step < steps; step++)
        {
            theirs.Add(await baseline());
            mine.Add(await ours());
        }

        return new SideBySide(new Samples(mine), new Samples(theirs));
    }

    /// <summary>Does all of them in turn, untimed, until the process has warmed up.</summary>
    public static async Task SettleAsync(params Func<Task>[] things)
    {
        var settling = Stopwatch.StartNew();
        for (var dropped = 0; dropped < DroppedSteps || settling.Elapsed < Settling; dropped++)
        {
            foreach (var thing in things)
                await thing();
        }
    }

    /// <returns>seconds</returns>
    public static double Time(Action work)
    {
        var begun = Stopwatch.GetTimestamp();
        work();
        return Stopwatch.GetElapsedTime(begun).TotalSeconds;
    }

    /// <returns>seconds</returns>
    public static async Task<double> TimeAsync(Func<Task> work)
    {
        var begun = Stopwatch.GetTimestamp();
        await work();
        return Stopwatch.GetElapsedTime(begun).TotalSeconds;
    }
}
