using FlGlm.Core.Splitting;

namespace FlGlm.Cli.Web.State;

/// <summary>The mean seconds of each leg over about the last ten steps.</summary>
/// <param name="legs">Those to show, in order.</param>
internal sealed class LegMeans(IReadOnlyList<StepLeg> legs)
{
    private const double Weight = 0.1;
    private readonly double[] _means = new double[legs.Count];
    private bool _hasAny;

    /// <summary>Seconds of the whole step.</summary>
    public double Total { get; private set; }

    /// <summary>Those with their names, for JSON.</summary>
    public IReadOnlyList<object> Shown => [.. legs.Select((leg, index) => new { Name = StepTimings.NameOf(leg), Seconds = Math.Round(_means[index], 6) })];

    public void Add(StepTimings seconds)
    {
        var weight = _hasAny ? Weight : 1;
        foreach (var (index, leg) in legs.Index())
            _means[index] += weight * (seconds[leg] - _means[index]);
        Total += weight * (seconds.Total - Total);
        _hasAny = true;
    }
}
