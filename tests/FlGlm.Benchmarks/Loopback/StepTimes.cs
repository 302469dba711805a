using FlGlm.Benchmarks.Measuring;
using FlGlm.Client.Training;

namespace FlGlm.Benchmarks.Loopback;

/// <summary>Where the split steps' time went: on the way, in the queue, and in each stage.</summary>
internal sealed class StepTimes
{
    private readonly List<StepSeconds> _steps = [];

    /// <returns>the same step</returns>
    public StepSeconds Add(StepSeconds step)
    {
        _steps.Add(step);
        return step;
    }

    /// <summary>The four transport legs.</summary>
    public static double Ways(StepSeconds step) => step.Up + step.Down + step.UpGradient + step.DownGradient;

    /// <summary>Computing, both ways, and the client's optimizer.</summary>
    public static double Parts(StepSeconds step) =>
        step.Head + step.Middle + step.Tail + step.TailBackward + step.MiddleBackward + step.HeadBackward + step.Optimizer;

    /// <summary>Medians over the later half of the steps, in milliseconds.</summary>
    public override string ToString() =>
        $"of a split step: ways {Median(Ways)}, queue {Median(s => s.Queue + s.QueueGradient)}, "
        + $"head {Median(s => s.Head + s.HeadBackward)}, middle {Median(s => s.Middle + s.MiddleBackward)}, "
        + $"tail {Median(s => s.Tail + s.TailBackward)}, optimizer {Median(s => s.Optimizer)}, all {Median(s => s.Total)} ms";

    private string Median(Func<StepSeconds, double> part) =>
        (new Samples([.. _steps.Skip(_steps.Count / 2).Select(part)]).P50 * 1e3).ToString("F1", System.Globalization.CultureInfo.InvariantCulture);
}
