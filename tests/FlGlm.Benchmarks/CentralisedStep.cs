using FlGlm.Client.Data;
using FlGlm.Core.Splitting;
using FlGlm.Testing;

namespace FlGlm.Benchmarks;

/// <summary>The uncut model on a lane of its own: one graph, nothing copied. The baseline of split steps.</summary>
internal sealed class CentralisedStep : IDisposable
{
    private readonly ComputeLane _lane = new("whole");
    private readonly ThreeStages _stages;
    private readonly WholeModel _whole;

    public CentralisedStep(Scenario scenario)
    {
        _stages = new ThreeStages(scenario.Checkpoint, scenario.Blueprint);
        _whole = new WholeModel(_stages, scenario.Plan.Optimizer, scenario.Plan.ClientSteps);
    }

    public Task TakeAsync(TrainingBatch batch) => _lane.RunAsync(() => _whole.Step(batch), CancellationToken.None);

    public void Dispose()
    {
        _lane.Dispose();
        _whole.Dispose();
        _stages.Dispose();
    }
}
