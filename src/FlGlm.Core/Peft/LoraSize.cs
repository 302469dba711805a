namespace FlGlm.Core.Peft;

/// <summary>Rank and scale of the adapter of one module.</summary>
/// <param name="Rank">r</param>
/// <param name="Alpha">the numerator of the scale</param>
/// <param name="Rslora">whether the scale is alpha / sqrt(r)</param>
public readonly record struct LoraSize(int Rank, double Alpha, bool Rslora)
{
    /// <summary>alpha / r, or alpha / sqrt(r) with rslora (PEFT).</summary>
    public double Scale => Alpha / (Rslora ? Math.Sqrt(Rank) : Rank);

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"rank {Rank}, alpha {Alpha}, rslora {(Rslora ? "true" : "false")}");
}
