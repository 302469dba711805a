using FlGlm.Client.Data;
using FlGlm.Core.Configuration;
using FlGlm.Core.Splitting;
using static TorchSharp.torch;

namespace FlGlm.Testing;

/// <summary>
/// The uncut model: the three stages as one autograd graph, nothing detached and nothing copied. The reference for split runs, and the
 /// centralised baseline of the benchmarks. Client and server parameters have their own optimizers, as clipping is per side.
/// </summary>
public sealed class WholeModel : IDisposable
{
    private readonly ThreeStages _stages;
    private readonly StageOptimizer _clientOptimizer;
    private readonly StageOptimizer _middleOptimizer;

    /// <param name="stages">the caller disposes them</param>
    /// <param name="totalSteps">of the run, for the schedule</param>
    public WholeModel(ThreeStages stages, OptimizerSettings optimizer, long totalSteps)
    {
        _stages = stages;
        _clientOptimizer = new StageOptimizer(stages.Client.Parameters, optimizer, totalSteps);
        _middleOptimizer = new StageOptimizer(stages.Middle.Parameters, optimizer, totalSteps);
    }

    /// <summary>Forward and backward over the one graph; parameters keep their gradients.</summary>
    /// <param name="weight">that the gradients are multiplied by</param>
    /// <returns>the loss, not weighted</returns>
    public static float ForwardBackward(ThreeStages stages, TrainingBatch batch, double weight = 1)
    {
        using var scope = NewDisposeScope();
        using var grad = enable_grad();
        var head = stages.Client.Head.Hidden(batch, PassMode.Train);
        var middle = stages.Middle.Blocks.Forward(head, batch.Layout, PassMode.Train);
        var loss = stages.Client.Tail.Loss(middle, batch, PassMode.Train);
        (weight == 1 ? loss : loss.mul(weight)).backward();
        return loss.item<float>();
    }

    /// <summary>One training step.</summary>
    /// <returns>the loss before this step's update</returns>
    public float Step(TrainingBatch batch)
    {
        var loss = ForwardBackward(_stages, batch);
        StepWithGradients();
        return loss;
    }

    /// <summary>The step of both sides' optimizers with the gradients that the parameters have.</summary>
    public void StepWithGradients()
    {
        _middleOptimizer.ExpectFinite();
        _clientOptimizer.ExpectFinite();
        _clientOptimizer.Step();
        _middleOptimizer.Step();
    }

    public void Dispose()
    {
        _clientOptimizer.Dispose();
        _middleOptimizer.Dispose();
    }
}
