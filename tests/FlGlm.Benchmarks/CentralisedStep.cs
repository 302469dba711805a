using System.Diagnostics;
using FlGlm.Benchmarks.Measuring;
using FlGlm.Client.Data;
using FlGlm.Core.Checkpoints;
using FlGlm.Core.Models;
using FlGlm.Core.Splitting;
using FlGlm.Testing;
using static TorchSharp.torch;

namespace FlGlm.Benchmarks;

/// <summary>The uncut model on a lane of its own: one graph, nothing copied. The baseline of split steps.</summary>
internal sealed class CentralisedStep : IDisposable
{
    private readonly ComputeLane _lane = new("whole");
    private readonly ThreeStages _stages;
    private readonly StageOptimizer _clientOptimizer;
    private readonly StageOptimizer _middleOptimizer;

    /// <param name="blueprint">where it is not the scenario's</param>
    public CentralisedStep(Scenario scenario, StageBlueprint? blueprint = null)
    {
        _stages = new ThreeStages(scenario.Checkpoint, blueprint ?? scenario.Blueprint);
        _clientOptimizer = new StageOptimizer(_stages.Client.Parameters, scenario.Plan.Optimizer, scenario.Plan.ClientSteps(1));
        _middleOptimizer = new StageOptimizer(_stages.Middle.Parameters, scenario.Plan.Optimizer, scenario.Plan.ClientSteps(1));
    }

    /// <summary>What the middle's part of the optimizer took of the last step, in seconds.</summary>
    public double MiddleOptimizerSeconds { get; private set; }

    /// <returns>seconds</returns>
    public Task<double> TimeAsync(TrainingBatch batch) => SideBySide.TimeAsync(() => TakeAsync(batch));

    public Task TakeAsync(TrainingBatch batch) => _lane.RunAsync(() => Step(batch), CancellationToken.None);

    /// <summary>Writes a checkpoint of all three parts, as centralised training does.</summary>
    public Task WriteAsync(CheckpointStore store) => _lane.RunAsync(
        () =>
        {
            using var scope = NewDisposeScope();
            store.Write("step", new RunProgress("train", _middleOptimizer.Steps, 1), new Dictionary<string, IReadOnlyDictionary<string, Tensor>> { ["middle"] = MiddleState.Tensors(), ["owner"] = ClientState.Tensors() });
            return true;
        },
        CancellationToken.None);

    /// <summary>Of a checkpoint.</summary>
    public long CheckpointBytes => MiddleState.Bytes + ClientState.Bytes;

    private TrainingState MiddleState => new(_stages.Middle.Parameters, _middleOptimizer, [_stages.Middle.Blocks]);

    private TrainingState ClientState => new(_stages.Client.Parameters, _clientOptimizer, [_stages.Client.Head.Blocks, _stages.Client.Tail.Blocks]);

    /// <summary>libtorch's threads of all later steps; each thread that computes has its own number.</summary>
    public Task SetThreadsAsync(int threads) => _lane.RunAsync(
        () =>
        {
            set_num_threads(threads);
            return threads;
        },
        CancellationToken.None);

    public void Dispose()
    {
        _lane.Dispose();
        _clientOptimizer.Dispose();
        _middleOptimizer.Dispose();
        _stages.Dispose();
    }

    /// <summary>As <see cref="WholeModel.Step"/>, whose optimizers are not timed.</summary>
    private float Step(TrainingBatch batch)
    {
        var loss = WholeModel.ForwardBackward(_stages, batch);
        _middleOptimizer.ExpectFinite();
        _clientOptimizer.ExpectFinite();
        _clientOptimizer.Step();
        var begun = Stopwatch.GetTimestamp();
        _middleOptimizer.Step();
        MiddleOptimizerSeconds = Stopwatch.GetElapsedTime(begun).TotalSeconds;
        return loss;
    }
}
