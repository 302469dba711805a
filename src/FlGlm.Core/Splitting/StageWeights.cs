using FlGlm.Core.Checkpoints;
using FlGlm.Core.Models;
using FlGlm.Core.Peft;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FlGlm.Core.Splitting;

/// <summary>
/// One stage's weights: frozen tensors, or parameters where they train whole. It reads them from a checkpoint, or shares the frozen ones of
/// another, which must outlive it. Frees what is its own when it is disposed.
/// </summary>
public sealed class StageWeights : IWeights, IDisposable
{
    private readonly Dictionary<string, Tensor> _own = new(StringComparer.Ordinal);
    private readonly List<NamedParameter> _parameters = [];
    private readonly StageBlueprint _blueprint;
    private readonly Func<string, long[], Tensor> _read;
    private readonly StageWeights? _shared;

    /// <summary>Reads from a checkpoint.</summary>
    public StageWeights(HfCheckpoint checkpoint, StageBlueprint blueprint, StageName stage)
    {
        var neededBy = $"{stage.ToString().ToLowerInvariant()}, {blueprint.Split[stage]}";
        _blueprint = blueprint;
        _read = (name, shape) => checkpoint.Read(name, shape, neededBy).to(blueprint.Dtype, blueprint.Device);
    }

    /// <summary>Shares the frozen weights of another stage; those that train are copies of their values now.</summary>
    public StageWeights(StageWeights shared)
    {
        (_blueprint, _shared) = (shared._blueprint, shared);
        _read = (name, _) => shared._own[name].detach().clone();
    }

    /// <summary>Copies all weights of another stage to another device.</summary>
    internal StageWeights(StageWeights original, StageBlueprint blueprint)
    {
        _blueprint = blueprint;
        _read = (name, _) => original._own[name].detach().to(blueprint.Device, copy: true);
    }

    /// <summary>The weights that train whole, in the order they were taken: all in full fine-tuning, with LoRA those of modules_to_save.</summary>
    public IReadOnlyList<NamedParameter> Parameters => _parameters;

    /// <inheritdoc/>
    public Tensor Take(string name, params long[] shape)
    {
        var isTrained = _blueprint.Peft.TrainsWhole(name);
        if (_shared is not null && !isTrained)
            return _shared.Frozen(name);
        return _own[name] = Read(name, shape, isTrained);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var weight in _own.Values)
            weight.Dispose();
    }

    private Tensor Frozen(string name) => _shared is null ? _own[name] : _shared.Frozen(name);

    private Tensor Read(string name, long[] shape, bool isTrained)
    {
        using var scope = NewDisposeScope();
        var weight = _read(name, shape).DetachFromDisposeScope();
        if (!isTrained)
            return weight;
        var parameter = new Parameter(weight, requires_grad: true);
        _parameters.Add(new NamedParameter(name, parameter));
        return parameter.DetachFromDisposeScope();
    }
}
