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
    private readonly int _width;
    private readonly Parameter _embedding;
    private readonly Parameter _inWeight;
    private readonly Parameter _inBias;
    private readonly Parameter _outWeight;
    private readonly Parameter _outBias;

    public ProjectedPrefixEncoder(BlockRange blocks, ModelShape shape, PrefixSettings settings, long seed, Device device)
        : base(blocks.Count, settings.Length, shape, settings.Dropout)
    {
        _width = shape.KeyWidth;
        var hidden = settings.ProjectionHidden == 0 ? _width : settings.ProjectionHidden;
        var scope = Scope(blocks);
        var initial = new InitialValues(seed, device);
        var parameters = new List<NamedParameter>();
        _embedding = Add("embedding.weight", name => initial.Normal(name, settings.Length, _width));
        _inWeight = Add("transform.0.weight", name => initial.Uniform(name, 1 / Math.Sqrt(_width), hidden, _width));
        _inBias = Add("transform.0.bias", name => initial.Uniform(name, 1 / Math.Sqrt(_width), hidden));
        _outWeight = Add("transform.2.weight", name => initial.Uniform(name, 1 / Math.Sqrt(hidden), blocks.Count * 2 * _width, hidden));
        _outBias = Add("transform.2.bias", name => initial.Uniform(name, 1 / Math.Sqrt(hidden), blocks.Count * 2 * _width));
        Parameters = parameters;

        Parameter Add(string name, Func<string, Parameter> make)
        {
            var parameter = make(scope + name);
            parameters.Add(new NamedParameter(scope + name, parameter));
            return parameter;
        }
    }

    public override IReadOnlyList<NamedParameter> Parameters { get; }

    /// <summary>What the names of an encoder over these blocks start with, e.g. <c>prefix.encoder.0-3.</c>.</summary>
    public static string Scope(BlockRange blocks) => $"prefix.encoder.{blocks.First}-{blocks.Last}.";

    public override IEnumerable<Tensor> EncodeBlocks()
    {
        var middle = nn.functional.linear(_embedding, _inWeight, _inBias).tanh();
        return nn.functional.linear(middle, _outWeight, _outBias).chunk(Blocks, 1);
    }
}
