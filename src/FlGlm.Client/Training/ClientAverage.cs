using FlGlm.Client.Events;
using FlGlm.Client.Stages;
using FlGlm.Core.Configuration;
using FlGlm.Core.Events;
using FlGlm.Core.Models;
using FlGlm.Core.Peft;
using FlGlm.Core.Splitting;

namespace FlGlm.Client.Training;

/// <summary>A client's part in the averages of a run: sends head and tail, with their moments where the plan averages these too, and takes the mean.</summary>
/// <param name="limit">how long the server may take for one part</param>
internal sealed class ClientAverage(ServerLink link, ComputeLane lane, ClientStages stages, RunPlan plan, TimeSpan limit, RunEvents events)
{
    private readonly IReadOnlyList<ParameterSpec> _moments = plan.Training.AverageMoments == AverageMoments.Average
        ? [.. OptimizerMoments.OfStage(stages.Blueprint, StageName.Head, plan.Optimizer), .. OptimizerMoments.OfStage(stages.Blueprint, StageName.Tail, plan.Optimizer)]
        : [];

    /// <summary>Takes the values that a turn starts from; moments that come with them belong to other steps than this client's.</summary>
    public Task TakeStartAsync(CancellationToken ct) => Exchange(() => []).DownloadAsync(isStart: true, ct);

    /// <summary>Sends what the client has trained in a turn, and takes the average.</summary>
    /// <param name="optimizer">of head and tail, whose moments the average may change</param>
    /// <param name="maxFrameBytes">the server's limit</param>
    public async Task TakeAsync(StageOptimizer optimizer, int round, long maxFrameBytes, CancellationToken waiting, CancellationToken ct)
    {
        var exchange = Exchange(() => _moments.Count > 0 ? optimizer.OpenMoments() : []);
        await exchange.UploadAsync(maxFrameBytes, waiting, ct).ConfigureAwait(false);
        events.Report(new ClientEvent.TurnEnded(round));
        await exchange.DownloadAsync(isStart: false, waiting).ConfigureAwait(false);
        if (plan.Training.AverageMoments == AverageMoments.Reset)
            await lane.RunAsync(optimizer.ResetMoments, ct).ConfigureAwait(false);
        events.Report(new ClientEvent.Averaged(round));
    }

    private AdapterExchange Exchange(Func<IReadOnlyList<NamedParameter>> moments) => new(link, lane, stages.Parameters, _moments, moments, limit);
}
