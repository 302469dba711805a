using FlGlm.Core.Compute;
using FlGlm.Core.Models;
using FlGlm.Core.Peft;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FlGlm.Privacy.Attacks;

/// <summary>One linear layer. Its pretrained start is the nearest neighbour on the public embedding: w = e, b = -|e|^2 / 2.</summary>
internal sealed class LinearInverter : Inverter
{
    private readonly Parameter _weight;
    private readonly Parameter _bias;
    private readonly Standardised? _input;

    /// <param name="embedding">[V, H]</param>
    /// <param name="shadow">[N, H]; with a random start [N, any width]</param>
    public LinearInverter(Tensor embedding, Tensor shadow, AttackSettings settings)
    {
        using var scope = NewDisposeScope();
        var isRandom = settings.Start == InverterStart.Random;
        _input = isRandom ? new Standardised(shadow) : null;
        var weight = isRandom ? SeededValues.Normal(settings.Seed, "linear.weight", 0.02, [embedding.shape[0], shadow.shape[1]]).to(embedding.device) : embedding.detach().clone();
        var bias = isRandom ? zeros(embedding.shape[0], device: embedding.device) : embedding.mul(embedding).sum(1).Times(-0.5);
        _weight = SeededValues.Trained(weight);
        _bias = SeededValues.Trained(bias);
        Parameters = [new NamedParameter("weight", _weight), new NamedParameter("bias", _bias)];
    }

    public override IReadOnlyList<NamedParameter> Parameters { get; }

    public override Tensor Logits(Tensor hidden, SequenceLayout layout) => nn.functional.linear(_input?.Of(hidden) ?? hidden, _weight, _bias);

    public override void Dispose()
    {
        _weight.Dispose();
        _bias.Dispose();
        _input?.Dispose();
    }
}
