using FlGlm.Core.Configuration;
using FlGlm.Core.Models;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FlGlm.Core.Peft;

/// <summary>
/// The prefix with projection, one encoder over a stage's blocks: embedding [L, inputs], then MLP.0 [hidden, inputs], tanh,
/// MLP.2 [blocks * 2 * key width, hidden]. The MLP's name and widths are the family's (<see cref="PrefixForm"/>), so that a published
 /// encoder over all blocks can be cut, by the rows of its last layer, into one per stage. Initial values are torch's defaults.
/// </summary>
public sealed class ProjectedPrefixEncoder : PrefixEncoder
{
    private readonly string _mlp;
    private readonly Dictionary<string, Parameter> _byName = [];

    /// <summary>Draws the initial values of an encoder for these blocks, from the seed and the parameter names.</summary>
    public ProjectedPrefixEncoder(BlockRange blocks, ModelFamily family, PrefixSettings settings, long seed, Device device)
        : base(blocks.Count, settings, family.Shape)
    {
        _mlp = family.Prefix.Mlp;
        var (scope, initial) = (Scope(blocks), new InitialValues(seed, device));
        foreach (var (name, shape, inputs) in Tensors(blocks, family, settings))
            _byName[name] = inputs is null ? initial.Normal(scope + name, shape) : initial.Uniform(scope + name, 1 / Math.Sqrt(inputs.Value), shape);
        Parameters = [.. _byName.Select(parameter => new NamedParameter(scope + parameter.Key, parameter.Value))];
    }

    /// <inheritdoc/>
    public override IReadOnlyList<NamedParameter> Parameters { get; }

    /// <summary>The prefix of the parameter names of an encoder over these blocks, e.g. <c>prefix.encoder.0-3.</c>.</summary>
    public static string Scope(BlockRange blocks) => $"prefix.encoder.{blocks.First}-{blocks.Last}.";

    /// <summary>The hidden width of the MLP.</summary>
    public static int HiddenWidth(ModelFamily family, PrefixSettings settings) =>
        settings.ProjectionHidden == 0 ? family.Prefix.Hidden : settings.ProjectionHidden;

    /// <summary>The tensors of an encoder over these blocks: names without the scope, shapes, and inputs of each linear (null: the embedding).</summary>
    public static IEnumerable<(string Name, long[] Shape, int? Inputs)> Tensors(BlockRange blocks, ModelFamily family, PrefixSettings settings)
    {
        var (form, hidden, outputs) = (family.Prefix, HiddenWidth(family, settings), blocks.Count * 2L * family.Shape.KeyWidth);
        return
        [
            ("embedding.weight", [settings.Length, form.Inputs], null),
            (form.Mlp + ".0.weight", [hidden, form.Inputs], form.Inputs),
            (form.Mlp + ".0.bias", [hidden], form.Inputs),
            (form.Mlp + ".2.weight", [outputs, hidden], hidden),
            (form.Mlp + ".2.bias", [outputs], hidden),
        ];
    }

    /// <param name="tensor">the encoder's tensors by their names, without the scope</param>
    /// <param name="mlp">the family's name for the projection</param>
    /// <returns>prompt embeddings [L, blocks * 2 * key width]</returns>
    public static Tensor Project(Func<string, Tensor> tensor, string mlp)
    {
        var middle = nn.functional.linear(tensor("embedding.weight"), tensor(mlp + ".0.weight"), tensor(mlp + ".0.bias")).tanh();
        return nn.functional.linear(middle, tensor(mlp + ".2.weight"), tensor(mlp + ".2.bias"));
    }

    /// <inheritdoc/>
    public override IEnumerable<Tensor> EncodeBlocks() => Project(name => _byName[name], _mlp).chunk(Blocks, 1);
}
