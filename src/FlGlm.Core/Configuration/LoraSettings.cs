namespace FlGlm.Core.Configuration;

/// <summary>LoRA as PEFT defines it: y = W x + (alpha / r) B A dropout(x).</summary>
public sealed record LoraSettings : IValidated
{
    /// <summary>Rank r of A [r, in] and B [out, r]. PEFT's default.</summary>
    public int Rank { get; init; } = 8;

    /// <summary>Numerator of the scale alpha / r (alpha / sqrt(r) with <see cref="Rslora"/>).</summary>
    public double Alpha { get; init; } = 16;

    /// <summary>Dropout on the adapter's input, 0..1.</summary>
    public double Dropout { get; init; }

    /// <summary>
    /// Projections by their published names or ends of them; or one text, <c>all-linear</c> or a regular expression of the whole name. Empty =
    /// PEFT's default for the family: q_proj and v_proj (Llama), query_key_value (ChatGLM).
    /// </summary>
    [AnyOrder]
    public NamesOrText Targets { get; init; } = [];

    /// <summary>Numbers, from 0, of the blocks whose projections are adapted; empty = all (PEFT's <c>layers_to_transform</c>). With a list of targets only.</summary>
    [AnyOrder]
    public IReadOnlyList<int> Layers { get; init; } = [];

    /// <summary>Ranks other than <see cref="Rank"/>, by a regular expression of the end of a projection's name; the first that matches counts.</summary>
    public IReadOnlyDictionary<string, int> RankPattern { get; init; } = new Dictionary<string, int>();

    /// <summary>The same for <see cref="Alpha"/>.</summary>
    public IReadOnlyDictionary<string, double> AlphaPattern { get; init; } = new Dictionary<string, double>();

    /// <summary>Modules that train whole, at the client: the embedding (embed_tokens, word_embeddings), the LM head (lm_head, output_layer).</summary>
    [AnyOrder]
    public IReadOnlyList<string> ModulesToSave { get; init; } = [];

    /// <summary>The initial values of A.</summary>
    public LoraInit Init { get; init; }

    /// <summary>Rank-stabilised scale alpha / sqrt(r).</summary>
    public bool Rslora { get; init; }

    /// <summary>Whether a text of <see cref="Targets"/> means every linear module but the output head.</summary>
    internal static bool IsAllLinear(string text) => text.Equals("all-linear", StringComparison.OrdinalIgnoreCase);

    /// <inheritdoc/>
    public IEnumerable<Problem> Validate()
    {
        if (Rank < 1)
            yield return new Problem("rank", $"{Rank} is no rank; 1 or more.");
        if (!(Alpha > 0))
            yield return new Problem("alpha", $"{Alpha} is no scale; more than 0.");
        if (!(Dropout >= 0 && Dropout < 1))
            yield return new Problem("dropout", $"{Dropout} is no probability; 0 up to, not including, 1.");
        if (Targets.Text is { } text && ModulePattern.Problem(text) is { } problem)
            yield return new Problem("targets", $"{problem}.");
        if (Targets.Text is { } whole && !IsAllLinear(whole) && Layers.Count > 0)
            yield return new Problem("layers", "goes with a list of targets; name the blocks in the regular expression instead.");
        if (Layers.Any(layer => layer < 0))
            yield return new Problem("layers", $"{Layers.Min()} is no block; they are counted from 0.");
        foreach (var (pattern, rank) in RankPattern)
        {
            if ((rank < 1 ? $"{rank} is no rank; 1 or more" : ModulePattern.Problem(pattern)) is { } wrong)
                yield return new Problem("rank_pattern", $"{wrong}.");
        }

        foreach (var (pattern, alpha) in AlphaPattern)
        {
            if ((alpha > 0 ? ModulePattern.Problem(pattern) : $"{alpha} is no scale; more than 0") is { } wrong)
                yield return new Problem("alpha_pattern", $"{wrong}.");
        }
    }
}
