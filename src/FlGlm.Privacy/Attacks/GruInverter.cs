using FlGlm.Core.Models;
using FlGlm.Core.Peft;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FlGlm.Privacy.Attacks;

/// <summary>A GRU in both directions, and a linear layer.</summary>
internal sealed class GruInverter : Inverter
{
    private readonly GRU _gru;
    private readonly Linear _out;
    private readonly Standardised _input;

    /// <param name="shadow">[N, H]</param>
    public GruInverter(Tensor shadow, long vocabulary, AttackSettings settings)
    {
        using var scope = NewDisposeScope();
        _input = new Standardised(shadow);
        _gru = nn.GRU(shadow.shape[1], settings.Width, batchFirst: true, bidirectional: true);
        _out = nn.Linear(2 * settings.Width, vocabulary);
        Parameters =
        [
            .. _gru.named_parameters().Select(parameter => new NamedParameter("gru." + parameter.name, parameter.parameter)),
            .. _out.named_parameters().Select(parameter => new NamedParameter("out." + parameter.name, parameter.parameter)),
        ];
        using var grad = no_grad();
        foreach (var (name, value) in Parameters)
            value.copy_(SeededValues.Normal(settings.Seed, name, 1 / Math.Sqrt(3.0 * settings.Width), value.shape));
        scope.Detach([.. Parameters.Select(parameter => parameter.Value)]);
    }

    public override IReadOnlyList<NamedParameter> Parameters { get; }

    public override Tensor Logits(Tensor hidden, SequenceLayout layout) => _out.forward(_gru.forward(_input.Of(hidden)).Item1);

    public override void Dispose()
    {
        _gru.Dispose();
        _out.Dispose();
        _input.Dispose();
    }
}
