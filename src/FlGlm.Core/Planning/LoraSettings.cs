using FlGlm.Core.Configuration;

namespace FlGlm.Core.Planning;

/// <summary>LoRA as PEFT defines it: y = W x + (alpha / r) B A dropout(x).</summary>
public sealed record LoraSettings : IValidated
{
    /// <summary>Rank r of A [r, in] and B [out, r]. PEFT's default.</summary>
    public int Rank { get; init; } = 8;

    /// <summary>Numerator of the scale alpha / r (alpha / sqrt(r) with <see cref="Rslora"/>).</summary>
    public double Alpha { get; init; } = 16;

    /// <summary>Dropout on the adapter's input, 0..1.</summary>
    public double Dropout { get; init; }

    /// <summary>Projections by their published names; empty = PEFT's default for the family: q_proj and v_proj (Llama), query_key_value (ChatGLM).</summary>
    public IReadOnlyList<string> Targets { get; init; } = [];

    /// <summary>Rank-stabilised scale alpha / sqrt(r).</summary>
    public bool Rslora { get; init; }

    public IEnumerable<Problem> Validate()
    {
        if (Rank < 1)
            yield return new Problem("rank", $"{Rank} is no rank; 1 or more.");
        if (!(Alpha > 0))
            yield return new Problem("alpha", $"{Alpha} is no scale; more than 0.");
        if (!(Dropout >= 0 && Dropout < 1))
            yield return new Problem("dropout", $"{Dropout} is no probability; 0 up to, not including, 1.");
    }
}
