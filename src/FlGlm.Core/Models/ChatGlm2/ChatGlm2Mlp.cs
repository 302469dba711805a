using static TorchSharp.torch;

namespace FlGlm.Core.Models.ChatGlm2;

/// <summary>dense_4h_to_h(silu(first half) * second half) of dense_h_to_4h(x).</summary>
internal sealed class ChatGlm2Mlp(ChatGlm2Config config, string module, IWeights weights)
{
    private readonly Projection _wide = new(weights, module + ".dense_h_to_4h", config.Shape.Hidden, 2 * config.Intermediate, bias: false);
    private readonly Projection _narrow = new(weights, module + ".dense_4h_to_h", config.Intermediate, config.Shape.Hidden, bias: false);

    public IEnumerable<Projection> Projections => [_wide, _narrow];

    /// <param name="x">[B, T, H]</param>
    /// <returns>[B, T, H]</returns>
    public Tensor Forward(Tensor x, IDropout dropout)
    {
        var wide = _wide.Forward(x, dropout);
        var gated = nn.functional.silu(wide.narrow(2, 0, config.Intermediate)) * wide.narrow(2, config.Intermediate, config.Intermediate);
        return _narrow.Forward(gated, dropout);
    }
}
