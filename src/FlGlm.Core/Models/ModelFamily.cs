using System.Globalization;
using System.Text.Json;
using FlGlm.Core.Checkpoints;
using FlGlm.Core.Configuration;
using static TorchSharp.torch;

namespace FlGlm.Core.Models;

/// <summary>An architecture with its sizes: everything about a model except its weights.</summary>
public abstract class ModelFamily
{
    /// <summary>As shown to the user, e.g. <c>llama</c>.</summary>
    public abstract string Name { get; }

    /// <summary>The sizes of the model.</summary>
    public abstract ModelShape Shape { get; }

    /// <summary>Every tensor a checkpoint of this model holds, in the model's order, under its published name.</summary>
    public abstract IReadOnlyList<TensorSpec> Tensors { get; }

    /// <summary>The fields that change the model's mathematics, one line, the same on every machine.</summary>
    public abstract string Architecture { get; }

    /// <summary>The projections LoRA may name.</summary>
    public abstract IReadOnlyList<string> LoraTargets { get; }

    /// <summary>Those that it adapts where nothing else is asked for (PEFT's default).</summary>
    public abstract IReadOnlyList<string> DefaultLoraTargets { get; }

    /// <summary>How this family's prefix encoder is shaped and named.</summary>
    public abstract PrefixForm Prefix { get; }

    /// <summary>The tokens that tell a row's context from its answer; null for families whose rows are causal throughout.</summary>
    public virtual ContextMarks? Marks => null;

    /// <summary>The published name of the token embedding [V, H].</summary>
    public abstract string EmbeddingName { get; }

    /// <summary>The published name of the LM head [V, H]; that of the embedding where the two are tied.</summary>
    public abstract string LmHeadName { get; }

    /// <summary>The modules that can train whole beside LoRA, by the last part of their names: embedding and LM head.</summary>
    public IReadOnlyList<string> SavableModules => [LastPart(EmbeddingName), LastPart(LmHeadName)];

    /// <summary>Whether checkpoints may hold this tensor though the model has no use for it: rotary frequencies, or a tied LM head once more.</summary>
    public bool IsRedundant(string name) =>
        name.Contains(".rotary_emb.", StringComparison.Ordinal) || name.EndsWith(".inv_freq", StringComparison.Ordinal) || (Shape.TiedHead && name is ("lm_head.weight" or "transformer.output_layer.weight"));

    internal abstract DecoderBlock CreateBlock(int block, IWeights weights);

    internal abstract Norm CreateFinalNorm(IWeights weights);

    /// <summary>How the tokens of a pass turn: cos and sin as <see cref="BlockContext"/> holds them.</summary>
    /// <param name="layout">the batch, with its rows' contexts where the family has <see cref="Marks"/></param>
    /// <param name="prefixLength">L, 0 without a prefix</param>
    public abstract (Tensor Cos, Tensor Sin) CreateRotary(SequenceLayout layout, int prefixLength, ScalarType dtype, Device device);

    /// <summary>What the blocks share in a pass of whole rows, as <see cref="BlockContext"/> holds it.</summary>
    /// <inheritdoc cref="CreateRotary"/>
    public (Tensor Cos, Tensor Sin, Tensor? Mask) CreateTables(SequenceLayout layout, int prefixLength, ScalarType dtype, Device device)
    {
        var (cos, sin) = CreateRotary(layout, prefixLength, dtype, device);
        return (cos, sin, CausalMask.Of(layout, prefixLength, device));
    }

    /// <inheritdoc cref="FromConfig"/>
    public static ModelFamily Of(HfCheckpoint checkpoint)
    {
        var path = Path.Combine(checkpoint.Directory, "config.json");
        var family = FromConfig(checkpoint.Config, path);
        QuantisedWeights.Refuse(checkpoint);
        if (family.UnusedTensors(checkpoint).FirstOrDefault(family.IsInBlock) is { } foreign)
        {
            throw new CheckpointException(
                checkpoint.Directory,
                $"'{checkpoint.Directory}' holds '{foreign}', which a {family.Name} block of this config.json does not have, so that the block would compute "
                + "something else than it was trained to. Use the config.json that belongs to these weights.",
                foreign);
        }

        return family;
    }

    /// <summary>Tells the architecture from the <c>config.json</c> of a model.</summary>
    /// <exception cref="CheckpointException">unknown architecture, quantised weights, or a field that is missing or makes no sense</exception>
    public static ModelFamily FromConfig(JsonElement config, string path)
    {
        var fields = new JsonFields(config, path);
        QuantisedWeights.Refuse(fields);
        return FromAdapterConfig(config, path);
    }

    /// <summary>The tensors of a checkpoint that the model has no use for.</summary>
    internal IEnumerable<string> UnusedTensors(HfCheckpoint checkpoint)
    {
        var known = Tensors.Select(tensor => tensor.Name).ToHashSet();
        return checkpoint.Names.Where(name => !known.Contains(name) && !IsRedundant(name));
    }

    /// <summary>The same from the copy beside an adapter, which is not quantised though the base that it was trained on may have been.</summary>
    /// <inheritdoc cref="FromConfig"/>
    public static ModelFamily FromAdapterConfig(JsonElement config, string path) => KnownFamily.Of(config, path).Create(config, path);

    /// <summary>Whether a tensor's name is that of a part of one of this model's blocks.</summary>
    private bool IsInBlock(string name)
    {
        var first = Tensors.First(tensor => tensor.Block == 0).Name;
        var prefix = first[..(first.IndexOf(".0.", StringComparison.Ordinal) + 1)];
        if (!name.StartsWith(prefix, StringComparison.Ordinal))
            return false;
        var number = name[prefix.Length..].Split('.')[0];
        return int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var block) && block < Shape.Blocks;
    }

    /// <summary>Tells whose a <c>config.json</c> is: the two kinds of ChatGLM by their fields, since both call themselves so.</summary>
    /// <exception cref="CheckpointException">unknown architecture</exception>
    public static FamilyName NameOf(JsonElement config, string path) => KnownFamily.Of(config, path).Name;

    /// <summary><c>lm_head</c> of <c>lm_head.weight</c>.</summary>
    private static string LastPart(string tensor) => tensor.Split('.')[^2];
}
