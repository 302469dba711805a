using FlGlm.Core.Checkpoints;
using FlGlm.Core.Models;
using FlGlm.Core.Peft;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FlGlm.Core.Splitting;

/// <summary>One stage's weights from a checkpoint: frozen tensors, or parameters where they train whole. Frees them when it is disposed.</summary>
public sealed class StageWeights(HfCheckpoint checkpoint, StageBlueprint blueprint, StageName stage) : IWeights, IDisposable
{
    private readonly List<Tensor> _taken = [];
    private readonly List<NamedParameter> _parameters = [];

    /// <summary>The weights that train whole, in the order they were taken: all in full fine-tuning, with LoRA those of modules_to_save.</summary>
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
        if (!blueprint.Peft.TrainsWhole(name))
            return placed;
        var parameter = new Parameter(placed, requires_grad: true);
        _parameters.Add(new NamedParameter(name, parameter));
        return parameter.DetachFromDisposeScope();
    }

    private string NeededBy() => $"{stage.ToString().ToLowerInvariant()}, {blueprint.Split[stage]}";
}
