using FlGlm.Cli.Web.Plots;
using FlGlm.Core.Splitting;

namespace FlGlm.Cli.Web.State;

/// <summary>Where the time of steps has gone: the mean seconds of each leg, of neighbouring steps together.</summary>
/// <param name="legs">Those to show, in order.</param>
internal sealed class LegCurves(IReadOnlyList<StepLeg> legs)
{
    /// <summary>The most bars.</summary>
    public const int MaxBars = 40;

    private readonly Curve[] _curves = [.. legs.Select(_ => new Curve(MaxBars))];

    /// <summary>Those that the middle's server measures.</summary>
    public static IReadOnlyList<StepLeg> OfServer { get; } = [StepLeg.Queue, StepLeg.Middle, StepLeg.QueueGradient, StepLeg.MiddleBackward];

    public void Add(double x, StepTimings seconds)
    {
        foreach (var (curve, leg) in _curves.Zip(legs))
            curve.Add(x, seconds[leg]);
    }

    public void RemoveAfter(double x)
    {
        foreach (var curve in _curves)
            curve.RemoveAfter(x);
    }

    /// <summary>The bars to draw; legs that take no time are left out.</summary>
    public IReadOnlyList<PlotSeries> Series() =>
    [
        .. _curves.Index().Where(each => each.Item.Buckets.Any(bucket => bucket.Sum > 0))
            .Select(each => new PlotSeries(StepTimings.NameOf(legs[each.Index]), each.Index, [.. each.Item.Buckets.Select(bucket => (bucket.First, bucket.Mean))])),
    ];
}
