using FlGlm.Core.Configuration;

namespace FlGlm.Core.Peft;

/// <summary>
/// PEFT's LORA: <c>y = W x + scale * B A dropout(x)</c>, stored per module as
/// <c>base_model.model.MODULE.lora_A.weight</c> [r, in] and <c>.lora_B.weight</c> [out, r]. <see cref="LoraModules"/> applies the rules.
/// </summary>
public sealed record LoraAdapterConfig : AdapterConfig
{
    /// <summary>What PEFT adapts where an adapter names no modules: of a Llama the first two, of a ChatGLM the last.</summary>
    public static readonly NamesOrText DefaultTargets = ["q_proj", "v_proj", "query_key_value"];

    /// <summary>r. PEFT's default.</summary>
    public int Rank { get; init; } = 8;

    /// <summary>alpha; the scale is alpha / r, or alpha / sqrt(r) with <see cref="UseRslora"/>. PEFT's default.</summary>
    public double Alpha { get; init; } = 8;

    /// <summary>Share of inputs dropped in training.</summary>
    public double Dropout { get; init; }

    /// <summary>PEFT's <c>use_rslora</c>: scale alpha / sqrt(r) in place of alpha / r.</summary>
    public bool UseRslora { get; init; }

    /// <summary>
    /// The adapted modules: published names or their ends, sorted (<c>q_proj</c>, <c>v_proj</c>); or one text, <c>all-linear</c> or a regular
    /// expression of the whole name.
    /// </summary>
    public NamesOrText TargetModules { get; init; } = DefaultTargets;

    /// <summary>The blocks whose modules are adapted; empty = all. Does not hold for modules that are named in full.</summary>
    public IReadOnlyList<int> Layers { get; init; } = [];

    /// <summary>Regular expressions of the name before the block's number, of which one must match; empty = any. Used with <see cref="Layers"/> only.</summary>
    public IReadOnlyList<string> LayersPattern { get; init; } = [];

    /// <summary>Ranks of modules other than <see cref="Rank"/>, by a regular expression of the end of their names; the first that matches counts.</summary>
    public IReadOnlyDictionary<string, int> RankPattern { get; init; } = new Dictionary<string, int>();

    /// <summary>The same for <see cref="Alpha"/>.</summary>
    public IReadOnlyDictionary<string, double> AlphaPattern { get; init; } = new Dictionary<string, double>();

    /// <summary>Modules that the adapter holds whole, instead of those of the base: ends of their names.</summary>
    public IReadOnlyList<string> ModulesToSave { get; init; } = [];

    /// <summary>PEFT's <c>init_lora_weights</c>: the initial values of A.</summary>
    public LoraInit Init { get; init; }
}
