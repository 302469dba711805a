using FlGlm.Core.Configuration;
using FlGlm.Core.Events;
using FlGlm.Core.Planning;
using FlGlm.Core.Splitting;
using static TorchSharp.torch;

namespace FlGlm.Client.Training;

/// <summary>
/// Trains in one process, head, middle and tail together: the reference that a split run equals. Its events are <see cref="StepReport"/>s and
/// <see cref="Events.ClientEvent"/>s. It saves, however the run ends.
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
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, ct);
        using var model = SplitModel.Open(options.Model, options.Plan with { Clients = new ClientsSettings { Expected = 1 + Others.Count } }, options.Compute, Events);
        var owners = new List<ClientTraining>();
        try
        {
            foreach (var owner in Others.Prepend(options))
                owners.Add(await ClientTraining.OpenAsync(owner, model, Events, either.Token).ConfigureAwait(false));
            await TrainAsync(model, owners, stop, ct).ConfigureAwait(false);
        }
        finally
        {
            owners.ForEach(owner => owner.Dispose());
        }
    }

    private async Task TrainAsync(SplitModel model, IReadOnlyList<ClientTraining> owners, CancellationToken stop, CancellationToken ct)
    {
        using var stage = await model.LoadMiddleAsync(ct).ConfigureAwait(false);
        var steps = model.Plan.ServerSteps([.. owners.Select(owner => (long)owner.Batches.Examples)]);
        using var optimizer = new StageOptimizer(stage.Parameters, model.Plan.Optimizer, steps);
        using var middle = new MiddleWorker(stage, optimizer, model.Lane);
        foreach (var notice in model.Blueprint.Split.IsCut && owners.Count == 1 ? PlanNotices.Lines(model.Plan) : [])
            Events.Warn(notice);
        Events.Report(new RunEvent.Loaded());
        foreach (var owner in owners)
            await TrainAsync(owner, new LocalMiddle(middle), () => owner.SaveAsync(stage.Parameters.Select(parameter => (parameter.Name, (Tensor)parameter.Value)), runId: ""), stop, ct).ConfigureAwait(false);
    }

    private static async Task TrainAsync(ClientTraining owner, LocalMiddle middle, Func<Task> saveAsync, CancellationToken stop, CancellationToken ct)
    {
        var loop = owner.Loop(middle);
        try
        {
            await owner.ValidateAsync(middle, 0, ct).ConfigureAwait(false);
            await loop.RunAsync(round: 1, owner.Batches.Steps, step => owner.ValidateAsync(middle, step, ct), stop, ct).ConfigureAwait(false);
        }
        catch when (loop.Step > 0)
        {
            await saveAsync().ConfigureAwait(false);
            throw;
        }

        await saveAsync().ConfigureAwait(false);
    }
}
