using FlGlm.Core.Checkpoints;
using FlGlm.Core.Configuration;
using FlGlm.Core.Events;
using FlGlm.Core.Planning;
using FlGlm.Core.Splitting;
using static TorchSharp.torch;

namespace FlGlm.Client.Training;

/// <summary>
/// Trains in one process, head, middle and tail together: the reference that a split run equals. Its events are <see cref="StepReport"/>s and
/// <see cref="Events.ClientEvent"/>s. It saves, however the run ends, and with <see cref="TrainerOptions.Checkpoints"/> it can be resumed with the
/// same bits.
/// </summary>
public sealed class LocalTrainer(TrainerOptions options) : FlGlmRun
{
    /// <summary>More data owners, who train after <see cref="TrainerOptions.Data"/> on the same middle, each from the initial head and tail: the turns of a serial run of one round.</summary>
    public IReadOnlyList<TrainerOptions> Others { get; init; } = [];

    /// <inheritdoc/>
    protected override async Task WorkAsync(CancellationToken stop, CancellationToken ct)
    {
        ConfigValidation.Expect(("", options.Plan), ("client.", options.Client), ("compute.", options.Compute));
        if (Others.Count > 0 && options.Plan.Training.Strategy != StrategyName.Serial)
            throw new ConfigurationException("training.strategy", "several data owners in one process take turns; serial.");
        var store = LocalCheckpoints.OpenStore(options);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, ct);
        using var model = SplitModel.Open(options.Model, options.Plan with { Clients = new ClientsSettings { Expected = 1 + Others.Count } }, options.Compute, Events);
        var owners = new List<ClientTraining>();
        try
        {
            foreach (var owner in Others.Prepend(options))
                owners.Add(await ClientTraining.OpenAsync(owner, model, Events, either.Token).ConfigureAwait(false));
            await TrainAsync(model, owners, store, stop, ct).ConfigureAwait(false);
        }
        finally
        {
            owners.ForEach(owner => owner.Dispose());
        }
    }

    private async Task TrainAsync(SplitModel model, IReadOnlyList<ClientTraining> owners, CheckpointStore? store, CancellationToken stop, CancellationToken ct)
    {
        using var stage = await model.LoadMiddleAsync(ct).ConfigureAwait(false);
        var steps = model.Plan.ServerSteps([.. owners.Select(owner => (long)owner.Batches.Examples)]);
        using var optimizer = new StageOptimizer(stage.Parameters, model.Plan.Optimizer, steps);
        using var middle = new MiddleWorker(stage, optimizer, model.Lane);
        foreach (var notice in model.Blueprint.Split.IsCut && owners.Count == 1 ? PlanNotices.Lines(model.Plan) : [])
            Events.Warn(notice);
        var state = new TrainingState(stage.Parameters, optimizer, [stage.Blocks]);
        var checkpoints = store is null ? null : await LocalCheckpoints.OpenAsync(store, model, owners, state, Events, ct).ConfigureAwait(false);
        var resumed = options.Resume && checkpoints is not null ? await checkpoints.ResumeAsync(options.ResumeFrom, ct).ConfigureAwait(false) : null;
        Events.Report(new RunEvent.Loaded());
        if (resumed is not null)
            checkpoints!.ReportResumed(resumed);
        checkpoints?.ReportSize();
        foreach (var (index, owner) in owners.Index().Skip(resumed?.Owner ?? 0))
        {
            using var cached = new LocalCachedMiddle(stage, model.Lane);
            owner.Validated = (_, isBest, token) => isBest ? model.Lane.RunAsync(() => owner.Best!.Keep(owner.Stages.Parameters.Concat(stage.Parameters)), token) : Task.CompletedTask;
            var turn = new LocalTurn(index, owner, new LocalMiddle(middle), cached, checkpoints, Events);
            var isWhole = await turn.RunAsync(index == resumed?.Owner ? resumed.OwnerStep : null, () => SaveAsync(owner), stop, ct).ConfigureAwait(false);
            if (!isWhole || stop.IsCancellationRequested)
                return;
        }

        async Task SaveAsync(ClientTraining owner)
        {
            await owner.SaveAsync(stage.Parameters.Select(parameter => (parameter.Name, (Tensor)parameter.Value)), runId: "").ConfigureAwait(false);
            await owner.SaveBestAsync(middle: [], runId: "").ConfigureAwait(false);
        }
    }
}
