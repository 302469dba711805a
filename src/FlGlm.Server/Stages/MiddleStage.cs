using FlGlm.Core.Checkpoints;
using FlGlm.Core.Models;
using FlGlm.Core.Peft;
using FlGlm.Core.Splitting;
using static TorchSharp.torch;

namespace FlGlm.Server.Stages;

/// <summary>B of the paper: the blocks between head and tail.</summary>
public sealed class MiddleStage : IDisposable
{
    private readonly StageWeights _weights;
    private readonly BlockStack _stack;

    /// <param name="checkpoint">must hold the middle's tensors; those of head and tail may be missing</param>
    public MiddleStage(HfCheckpoint checkpoint, StageBlueprint blueprint)
    {
        Blueprint = blueprint;
        _weights = new StageWeights(checkpoint, blueprint, StageName.Middle);
        _stack = new BlockStack(blueprint, StageName.Middle, _weights);
        Parameters = [.. _weights.Parameters, .. _stack.AdapterParameters];
    }

    public StageBlueprint Blueprint { get; }

    public BlockStack Blocks => _stack;

    /// <summary>The trained parameters of this stage.</summary>
    public IReadOnlyList<NamedParameter> Parameters { get; }

    /// <param name="hidden">h0 [B, T, H]; the gradient ends here</param>
    /// <returns>a pass with hN-2 [B, T, H]</returns>
    public StagePass Forward(Tensor hidden, SequenceLayout layout, PassMode mode)
    {
        using var scope = NewDisposeScope();
        using var grad = mode == PassMode.Evaluate ? no_grad() : enable_grad();
        var input = hidden.detach().requires_grad_(mode == PassMode.Train);
        var output = _stack.Forward(input, layout, mode);
        return new StagePass(output.MoveToOuterDisposeScope(), input.MoveToOuterDisposeScope());
    }

    /// <summary>Forward without gradient; continues the rows in the cache.</summary>
    /// <param name="hidden">h0 [R, T, H]</param>
    /// <returns>hN-2 [R, T, H]; the caller disposes it</returns>
    public Tensor Forward(Tensor hidden, SequenceLayout layout, KeyValueCache cache)
    {
        using var scope = NewDisposeScope();
        using var grad = no_grad();
        return _stack.Forward(hidden.alias(), layout, cache).MoveToOuterDisposeScope();
    }

    /// <summary>Frees the weights, the trained parameters and the tables.</summary>
    public void Dispose()
    {
        _stack.Dispose();
        _weights.Dispose();
    }
}
