using FlGlm.Core.Models;
using FlGlm.Core.Planning;
using FlGlm.Core.Splitting;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FlGlm.Core.Peft;

/// <summary>
/// The prefix with projection, one encoder over a stage's blocks: embedding [L, W], then transform.0 [hidden, W], tanh,
/// transform.2 [blocks * 2 * W, hidden], W = key width (PEFT's PrefixEncoder). Torch's default initial values.
/// </summary>
public sealed class ProjectedPrefixEncoder : PrefixEncoder
{
    private readonly Dictionary<string, Parameter> _byName = [];

    public ProjectedPrefixEncoder(BlockRange blocks, ModelShape shape, PrefixSettings settings, long seed, Device device)
        : base(blocks.Count, settings.Length, shape, settings.Dropout)
    {
        var (width, hidden) = (shape.KeyWidth, HiddenWidth(shape, settings));
        var scope = Scope(blocks);
        var initial = new InitialValues(seed, device);
        var (inBound, outBound) = (1 / Math.Sqrt(width), 1 / Math.Sqrt(hidden));
        _byName["embedding.weight"] = initial.Normal(scope + "embedding.weight", settings.Length, width);
        _byName["transform.0.weight"] = initial.Uniform(scope + "transform.0.weight", inBound, hidden, width);
        _byName["transform.0.bias"] = initial.Uniform(scope + "transform.0.bias", inBound, hidden);
        _byName["transform.2.weight"] = initial.Uniform(scope + "transform.2.weight", outBound, blocks.Count * 2 * width, hidden);
        _byName["transform.2.bias"] = initial.Uniform(scope + "transform.2.bias", outBound, blocks.Count * 2 * width);
        Parameters = [.. _byName.Select(parameter => new NamedParameter(scope + parameter.Key, parameter.Value))];
    }

    public override IReadOnlyList<NamedParameter> Parameters { get; }

    /// <summary>What the names of an encoder over these blocks start with, e.g. <c>prefix.encoder.0-3.</c>.</summary>
    public static string Scope(BlockRange blocks) => $"prefix.encoder.{blocks.First}-{blocks.Last}.";

    /// <summary>Width of the MLP.</summary>
    public static int HiddenWidth(ModelShape shape, PrefixSettings settings) =>
        settings.ProjectionHidden == 0 ? shape.KeyWidth : settings.ProjectionHidden;

    /// <param name="tensor">the encoder's tensors by their names, without the scope</param>
    /// <returns>prompt embeddings [L, blocks * 2 * W]</returns>
    public static Tensor Project(Func<string, Tensor> tensor)
    {
        var middle = nn.functional.linear(tensor("embedding.weight"), tensor("transform.0.weight"), tensor("transform.0.bias")).tanh();
        return nn.functional.linear(middle, tensor("transform.2.weight"), tensor("transform.2.bias"));
    }

    public override IEnumerable<Tensor> EncodeBlocks() => Project(name => _byName[name]).chunk(Blocks, 1);
}
