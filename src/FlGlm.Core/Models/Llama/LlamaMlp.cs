using static TorchSharp.torch;

namespace FlGlm.Core.Models.Llama;

/// <summary>down(silu(gate(x)) * up(x)).</summary>
internal sealed class LlamaMlp(LlamaConfig config, string module, IWeights weights)
{
    private readonly Projection _gate = new(weights, module + ".gate_proj", config.Shape.Hidden, config.Intermediate, config.MlpBias);
    private readonly Projection _up = new(weights, module + ".up_proj", config.Shape.Hidden, config.Intermediate, config.MlpBias);
    private readonly Projection _down = new(weights, module + ".down_proj", config.Intermediate, config.Shape.Hidden, config.MlpBias);

    public IEnumerable<Projection> Projections => [_gate, _up, _down];

    /// <param name="x">[B, T, H]</param>
    /// <returns>[B, T, H]</returns>
    public Tensor Forward(Tensor x, IDropout dropout) =>
        _down.Forward(nn.functional.silu(_gate.Forward(x, dropout)) * _up.Forward(x, dropout), dropout);
}
