using FlGlm.Benchmarks.Measuring;
using FlGlm.Core.Splitting;

namespace FlGlm.Benchmarks.Loopback;

/// <summary>Where the split steps' time went: on the way, in the queue, and in each stage.</summary>
internal sealed class StepTimes
{
    private readonly List<StepTimings> _steps = [];

    /// <returns>the same step</returns>
    public StepTimings Add(StepTimings step)
    {
        _steps.Add(step);
        return step;
    }

    /// <summary>The four transport legs.</summary>
    public static double Ways(StepTimings step) => Sum(step, StepLeg.Up, StepLeg.Down, StepLeg.UpGradient, StepLeg.DownGradient);

    /// <summary>Computing, both ways, and the client's optimizer.</summary>
    public static double Parts(StepTimings step) => Sum(
        step, StepLeg.Head, StepLeg.Middle, StepLeg.Tail, StepLeg.TailBackward, StepLeg.MiddleBackward, StepLeg.HeadBackward, StepLeg.Optimizer);

    /// <summary>Medians over the later half of the steps, in milliseconds.</summary>
    public override string ToString() =>
        $"of a split step: ways {Median(Ways)}, queue {Median(StepLeg.Queue, StepLeg.QueueGradient)}, "
        + $"head {Median(StepLeg.Head, StepLeg.HeadBackward)}, middle {Median(StepLeg.Middle, StepLeg.MiddleBackward)}, "
        + $"tail {Median(StepLeg.Tail, StepLeg.TailBackward)}, optimizer {Median(StepLeg.Optimizer)}, all {Median(s => s.Total)} ms";

    private static double Sum(StepTimings step, params ReadOnlySpan<StepLeg> legs)
    {
        var sum = 0.0;
        foreach (var leg in legs)
            sum += step[leg];
        return sum;
    }

    private string Median(params StepLeg[] legs) => Median(step => Sum(step, legs));

    private string Median(Func<StepTimings, double> part) =>
        (new Samples([.. _steps.Skip(_steps.Count / 2).Select(part)]).P50 * 1e3).ToString("F1", System.Globalization.CultureInfo.InvariantCulture);
}
