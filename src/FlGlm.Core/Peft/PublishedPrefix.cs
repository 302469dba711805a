using System.Text.Json;
using System.Text.Json.Nodes;
using FlGlm.Core.Checkpoints;
using FlGlm.Core.Configuration;
using FlGlm.Core.Models;
using static TorchSharp.torch;

namespace FlGlm.Core.Peft;

/// <summary>
/// A prefix in the format of ChatGLM's own trainer: the model's <c>config.json</c> with <c>pre_seq_len</c> and <c>prefix_projection</c>, and
/// as weights only <c>transformer.prefix_encoder.*</c>. The columns of the embedding have PEFT's order: per block its keys, then its values.
/// A part for a stage's blocks has <c>flglm_blocks</c> and <c>flglm_run</c> in its configuration.
/// </summary>
internal static class PublishedPrefix
{
    private const string Scope = "transformer.prefix_encoder.";
    private const string Embedding = "embedding.weight";

    /// <summary>Whether a directory holds such a prefix, and no PEFT adapter.</summary>
    /// <exception cref="CheckpointException">A file is damaged.</exception>
    public static bool IsAt(string directory)
    {
        if (!File.Exists(Path.Combine(directory, "config.json")) || !HfCheckpoint.HasWeights(directory) || AdapterDirectory.IsAt(directory))
            return false;
        using var checkpoint = HfCheckpoint.Open(directory);
        return checkpoint.Contains(Scope + Embedding);
    }

    /// <returns>The prefix as an adapter, with its encoder where it has a projection; its tensors are in the caller's dispose scope.</returns>
    /// <exception cref="CheckpointException">A file is damaged, or its tensors are not those that its configuration describes.</exception>
    public static Adapter Read(string directory)
    {
        using var checkpoint = HfCheckpoint.Open(directory);
        var path = Path.Combine(directory, "config.json");
        var family = ModelFamily.FromAdapterConfig(checkpoint.Config, path);
        var fields = new JsonFields(checkpoint.Config, path);
        if (!family.Prefix.IsPublished)
            throw fields.Wrong("model_type", $"says {family.Name}, whose prefixes are PEFT adapters");
        var part = AdapterConfigFile.ReadPart(fields);
        var range = part is null ? new BlockRange(0, family.Shape.Blocks) : new BlockRange(part.First, part.Count);
        var settings = new PrefixSettings { Length = fields.Count("pre_seq_len"), Projection = fields.IsSet("prefix_projection") };
        var encoder = Shapes(range, family, settings)
            .ToDictionary(tensor => tensor.Name, tensor => checkpoint.Read(Scope + tensor.Name, tensor.Shape, "the prefix").to(float32));
        var embeddings = settings.Projection ? ProjectedPrefixEncoder.Project(name => encoder[name], family.Prefix.Mlp) : encoder[Embedding];
        return new Adapter(Config(family, settings, part) with { RunId = AdapterConfigFile.ReadRun(fields) }, new Dictionary<string, Tensor> { [PrefixAdapterConfig.TensorName] = embeddings })
        {
            Encoder = settings.Projection ? encoder : null,
        };
    }

    /// <inheritdoc cref="AdapterDirectory.Hashes"/>
    internal static IEnumerable<(string Name, byte[] Hash)> Hashes(string directory, TensorHashes hashes, CancellationToken ct)
    {
        using var checkpoint = HfCheckpoint.Open(directory);
        var part = AdapterConfigFile.ReadPart(new JsonFields(checkpoint.Config, Path.Combine(directory, "config.json")));
        var names = checkpoint.Names.Where(name => name.StartsWith(Scope, StringComparison.Ordinal)).Order(StringComparer.Ordinal);
        return [.. checkpoint.Hashes(names, hashes, ct).Select(tensor => (AdapterPart.Qualify(tensor.Name, part), tensor.Hash))];
    }

    /// <summary>Writes a prefix: its encoder if the adapter has one, else the encoded prefix as a plain embedding.</summary>
    /// <param name="model">the root of the base model's <c>config.json</c></param>
    /// <exception cref="CheckpointException">The files cannot be written.</exception>
    public static void Write(string directory, JsonElement model, Adapter adapter)
    {
        var prefix = (PrefixAdapterConfig)adapter.Config;
        var config = JsonObject.Create(model)!;
        config["pre_seq_len"] = prefix.VirtualTokens;
        config["prefix_projection"] = adapter.Encoder is not null;
        AdapterConfigFile.WritePart(config, prefix);
        var tensors = (adapter.Encoder ?? new Dictionary<string, Tensor> { [Embedding] = adapter.Tensors[PrefixAdapterConfig.TensorName] })
            .ToDictionary(tensor => Scope + tensor.Key, tensor => tensor.Value);
        HfCheckpointWriter.Write(
            directory, JsonSerializer.SerializeToElement(config), tensors.Select(tensor => TensorInfo.Of(tensor.Key, tensor.Value)), name => tensors[name].alias());
    }

    private static IEnumerable<(string Name, long[] Shape)> Shapes(BlockRange range, ModelFamily family, PrefixSettings settings) => settings.Projection
        ? ProjectedPrefixEncoder.Tensors(range, family, settings).Select(tensor => (tensor.Name, tensor.Shape))
        : [(Embedding, [settings.Length, range.Count * 2L * family.Shape.KeyWidth])];

    private static PrefixAdapterConfig Config(ModelFamily family, PrefixSettings settings, AdapterPart? part) => new()
    {
        VirtualTokens = settings.Length,
        TokenDim = family.Shape.KeyWidth,
        AttentionHeads = family.Shape.KeyValueHeads,
        Layers = family.Shape.Blocks,
        EncoderHiddenSize = settings.Projection ? family.Prefix.Hidden : null,
        PrefixProjection = settings.Projection,
        Part = part,
    };
}
