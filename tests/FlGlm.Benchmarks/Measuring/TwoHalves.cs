namespace FlGlm.Benchmarks.Measuring;

/// <summary>Two things timed side by side, and once more with their places exchanged: what the places differ by cancels out.</summary>
internal sealed record TwoHalves(SideBySide First, SideBySide Second)
{
    public Samples Ours => new([.. First.Ours.Seconds, .. Second.Ours.Seconds]);

    public Samples Baseline => new([.. First.Baseline.Seconds, .. Second.Baseline.Seconds]);

    /// <inheritdoc cref="SideBySide.Ratio"/>
    public double Ratio => (First.Ratio + Second.Ratio) / 2;

    /// <inheritdoc cref="SideBySide.ExtraMilliseconds"/>
    public double ExtraMilliseconds => (First.ExtraMilliseconds + Second.ExtraMilliseconds) / 2;
}
