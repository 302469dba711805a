using FlGlm.Core.Compute;
using static TorchSharp.torch;

namespace FlGlm.Core.Models.ChatGlm;

/// <summary>dense_4h_to_h(gelu(dense_h_to_4h(x))), with the tanh form of GELU; no gate.</summary>
internal sealed class ChatGlmMlp(ChatGlmConfig config, string module, IWeights weights)
{
    private const double Linear = 2 * 0.7978845608028654;
    private const double Cubic = Linear * 0.044715;

    private readonly Projection _wide = new(weights, module + ".dense_h_to_4h", config.Shape.Hidden, config.Intermediate, bias: true);
    private readonly Projection _narrow = new(weights, module + ".dense_4h_to_h", config.Intermediate, config.Shape.Hidden, bias: true);

    public IEnumerable<Projection> Projections => [_wide, _narrow];

    /// <param name="x">[B, T, H]</param>
    /// <returns>[B, T, H]</returns>
    public Tensor Forward(Tensor x, IDropout dropout) => _narrow.Forward(Gelu(_wide.Forward(x, dropout)), dropout);

    /// <summary>x (1 + tanh(z)) / 2 with z = sqrt(2 / pi) (x + 0.044715 x^3), written as x sigmoid(2 z).</summary>
    private static Tensor Gelu(Tensor x) => x * (x * (x * x).Times(Cubic).Plus(Linear)).sigmoid();
}
