namespace FlGlm.Benchmarks.Measuring;

/// <summary>The limit that a figure is held to.</summary>
internal sealed record Bar
{
    private readonly double _limit;
    private readonly bool _isCeiling;

    private Bar(double limit, bool isCeiling) => (_limit, _isCeiling) = (limit, isCeiling);

    public static Bar AtMost(double limit) => new(limit, isCeiling: true);

    public static Bar AtLeast(double limit) => new(limit, isCeiling: false);

    public bool Holds(double value) => _isCeiling ? value <= _limit : value >= _limit;

    public override string ToString() => $"{(_isCeiling ? "≤" : "≥")} {_limit:0.##}";
}
