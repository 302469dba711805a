using FlGlm.Core.Splitting;
using FlGlm.Server.Stages;

namespace FlGlm.Cli.Runs;

/// <summary>The middle blocks with their optimizer.</summary>
internal sealed class MiddleTraining : IDisposable
{
    private MiddleTraining(MiddleStage stage, StageOptimizer optimizer, ComputeLane lane)
    {
        (Stage, Optimizer) = (stage, optimizer);
        Local = new LocalMiddle(stage, optimizer, lane);
    }

    public MiddleStage Stage { get; }

    public StageOptimizer Optimizer { get; }

    /// <summary>The middle for a client in this process.</summary>
    public LocalMiddle Local { get; }

    public static Task<MiddleTraining> OpenAsync(RunSetup setup) => setup.Lane.RunAsync(
        () =>
        {
            var stage = StageLoader.Middle(setup);
            return new MiddleTraining(stage, new StageOptimizer(stage.Parameters, setup.Plan.Optimizer, setup.Plan.ServerSteps([])), setup.Lane);
        },
        CancellationToken.None);

    public void Dispose()
    {
        Optimizer.Dispose();
        Stage.Dispose();
    }
}
