using FlGlm.Core.Checkpoints;
using FlGlm.Core.Models;
using FlGlm.Core.Peft;
using FlGlm.Core.Planning;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FlGlm.Core.Splitting;

/// <summary>One stage's weights from a checkpoint: frozen tensors, or parameters in full fine-tuning. Frees them when it is disposed.</summary>
public sealed class StageWeights(HfCheckpoint checkpoint, StageBlueprint blueprint, StageName stage) : IWeights, IDisposable
{
    private readonly List<Tensor> _taken = [];
    private readonly List<NamedParameter> _parameters = [];

    /// <summary>The trained parameters in full fine-tuning, in the order they were taken; empty with an adapter.</summary>
    public IReadOnlyList<NamedParameter> Parameters => _parameters;

    public Tensor Take(string name, params long[] shape)
    {
        var weight = Read(name, shape);
        _taken.Add(weight);
        return weight;
    }

    public void Dispose()
    {
        foreach (var weight in _taken)
            weight.Dispose();
    }

    private Tensor Read(string name, long[] shape)
    {
        using var scope = NewDisposeScope();
        var placed = checkpoint.Read(name, shape, NeededBy()).to(blueprint.Dtype, blueprint.Device).DetachFromDisposeScope();
        if (blueprint.Peft.Method != PeftMethod.None)
            return placed;
        var parameter = new Parameter(placed, requires_grad: true);
        _parameters.Add(new NamedParameter(name, parameter));
        return parameter.DetachFromDisposeScope();
    }

    private string NeededBy() => $"{stage.ToString().ToLowerInvariant()}, {blueprint.Split[stage]}";
}
