using FlGlm.Core.Models;
using FlGlm.Core.Peft;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FlGlm.Privacy.Attacks;

/// <summary>A GRU in both directions, and a linear layer.</summary>
internal sealed class GruInverter : Inverter
{
    private readonly GRU _gru;
    private readonly Parameter _weight;
    private readonly Parameter _bias;
    private readonly Standardised _input;

    /// <param name="shadow">[N, H]</param>
    public GruInverter(Tensor shadow, long vocabulary, AttackSettings settings)
    {
        using var scope = NewDisposeScope();
        _input = new Standardised(shadow);
        _gru = nn.GRU(shadow.shape[1], settings.Width, batchFirst: true, bidirectional: true);
        var deviation = 1 / Math.Sqrt(3.0 * settings.Width);
        _weight = SeededValues.Trained(SeededValues.Normal(settings.Seed, "out.weight", deviation, [vocabulary, 2 * settings.Width]));
        _bias = SeededValues.Trained(SeededValues.Normal(settings.Seed, "out.bias", deviation, [vocabulary]));
        Parameters =
        [
            .. _gru.named_parameters().Select(parameter => new NamedParameter("gru." + parameter.name, parameter.parameter)),
            new NamedParameter("out.weight", _weight),
            new NamedParameter("out.bias", _bias),
        ];
        using var grad = no_grad();
        foreach (var (name, value) in _gru.named_parameters())
            value.copy_(SeededValues.Normal(settings.Seed, "gru." + name, deviation, value.shape));
        scope.Detach([.. Parameters.Select(parameter => parameter.Value)]);
    }

    public override IReadOnlyList<NamedParameter> Parameters { get; }

    public override Tensor Logits(Tensor hidden, SequenceLayout layout) => nn.functional.linear(_gru.forward(_input.Of(hidden)).Item1, _weight, _bias);

    public override void Dispose()
    {
        _gru.Dispose();
        _weight.Dispose();
        _bias.Dispose();
        _input.Dispose();
    }
}
