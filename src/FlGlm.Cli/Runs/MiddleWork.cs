using FlGlm.Core.Splitting;
using FlGlm.Server.Stages;

namespace FlGlm.Cli.Runs;

/// <summary>The middle blocks with their optimizer.</summary>
internal sealed class MiddleWork : IDisposable
{
    private MiddleWork(MiddleStage stage, StageOptimizer optimizer, ComputeLane lane)
    {
        (Stage, Optimizer) = (stage, optimizer);
        Local = new LocalMiddle(stage, optimizer, lane);
    }

    public MiddleStage Stage { get; }

    public StageOptimizer Optimizer { get; }

    /// <summary>The middle for a client in this process.</summary>
    public LocalMiddle Local { get; }

    public static Task<MiddleWork> OpenAsync(Workplace place) => place.Lane.RunAsync(
        () =>
        {
            var stage = StageLoader.Middle(place);
            return new MiddleWork(stage, new StageOptimizer(stage.Parameters, place.Plan.Optimizer, place.Plan.ServerSteps), place.Lane);
        },
        CancellationToken.None);

    public void Dispose()
    {
        Optimizer.Dispose();
        Stage.Dispose();
    }
}
