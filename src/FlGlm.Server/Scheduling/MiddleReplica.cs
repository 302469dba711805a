using FlGlm.Core.Configuration;
using FlGlm.Core.Peft;
using FlGlm.Core.Splitting;

namespace FlGlm.Server.Scheduling;

/// <summary>One client's middle in the server-hierarchical strategy: a replica over the shared frozen weights, with an optimizer of its own.</summary>
internal sealed class MiddleReplica : IDisposable
{
    private readonly MiddleStage _stage;
    private readonly StageOptimizer _optimizer;
    private readonly MiddleWorker _worker;

    /// <param name="original">its values are the first ones; it must be disposed later</param>
    /// <param name="lane">computes the replica, and maybe others</param>
    /// <param name="keep">called after every step</param>
    public MiddleReplica(MiddleStage original, int seat, OptimizerSettings optimizer, long totalSteps, ComputeLane lane, Func<Task> keep)
    {
        _stage = original.Replica(seat);
        _optimizer = new StageOptimizer(_stage.Parameters, optimizer, totalSteps);
        _worker = new MiddleWorker(_stage, _optimizer, lane);
        Steps = new TurnSteps(_worker, keep);
    }

    /// <summary>The client's passes.</summary>
    public TurnSteps Steps { get; }

    /// <summary>What it trains, for checkpoints.</summary>
    public TrainingState State => _worker.State;

    /// <summary>Computes it, and maybe others.</summary>
    public ComputeLane Lane => _worker.Lane;

    /// <summary>What it trains.</summary>
    public IReadOnlyList<NamedParameter> Parameters => _stage.Parameters;

    /// <summary>The moments, in its optimizer's memory; the caller disposes them.</summary>
    public IReadOnlyList<NamedParameter> OpenMoments() => _optimizer.OpenMoments();

    public void ResetMoments() => _optimizer.ResetMoments();

    public void Dispose()
    {
        _worker.Dispose();
        _optimizer.Dispose();
        _stage.Dispose();
    }
}
