using FlGlm.Core.Checkpoints;
using FlGlm.Core.Models;
using FlGlm.Core.Peft;
using FlGlm.Core.Planning;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FlGlm.Core.Splitting;

/// <summary>One stage's weights out of a checkpoint: frozen tensors, or parameters in full fine-tuning.</summary>
public sealed class StageWeights(HfCheckpoint checkpoint, StageBlueprint blueprint, StageName stage) : IWeights
{
    private readonly List<NamedParameter> _parameters = [];

    /// <summary>What trains in full fine-tuning, in the order it was taken; empty with an adapter.</summary>
    public IReadOnlyList<NamedParameter> Parameters => _parameters;

    public Tensor Take(string name, params long[] shape)
    {
        using var stored = checkpoint.Read(name, shape, NeededBy());
        var placed = stored.to(blueprint.Dtype, blueprint.Device);
        if (blueprint.Peft.Method != PeftMethod.None)
            return placed;
        var parameter = new Parameter(placed, requires_grad: true);
        _parameters.Add(new NamedParameter(name, parameter));
        return parameter;
    }

    private string NeededBy() => $"{stage.ToString().ToLowerInvariant()}, {blueprint.Split[stage]}";
}
