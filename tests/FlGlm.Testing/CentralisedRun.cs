using FlGlm.Client.Data;
using FlGlm.Client.Training;
using FlGlm.Core.Configuration;
using FlGlm.Core.Splitting;

namespace FlGlm.Testing;

/// <summary>The product's own training step with the middle in the same process, as <c>flglm train</c> runs it.</summary>
public sealed class CentralisedRun : IDisposable
{
    private readonly ComputeLane _lane = new("compute");
    private readonly StageOptimizer _clientOptimizer;
    private readonly StageOptimizer _middleOptimizer;
    private readonly MiddleWorker _middle;
    private readonly SplitTrainer _trainer;

    /// <param name="stages">the caller disposes them</param>
    /// <param name="totalSteps">of the run, for the schedule</param>
    public CentralisedRun(ThreeStages stages, OptimizerSettings optimizer, long totalSteps)
    {
        _clientOptimizer = new StageOptimizer(stages.Client.Parameters, optimizer, totalSteps);
        _middleOptimizer = new StageOptimizer(stages.Middle.Parameters, optimizer, totalSteps);
        _middle = new MiddleWorker(stages.Middle, _middleOptimizer, _lane);
        _trainer = new SplitTrainer(stages.Client, new LocalMiddle(_middle), _clientOptimizer, _lane);
    }

    /// <returns>the loss before this step's update</returns>
    public async Task<float> StepAsync(TrainingBatch batch) => (await _trainer.StepAsync(batch, CancellationToken.None)).Loss;

    public void Dispose()
    {
        _clientOptimizer.Dispose();
        _middleOptimizer.Dispose();
        _middle.Dispose();
        _lane.Dispose();
    }
}
