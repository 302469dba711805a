using FlGlm.Client.Defences;
using FlGlm.Client.Sessions;
using FlGlm.Core.Checkpoints;
using FlGlm.Core.Configuration;
using FlGlm.Core.Events;
using FlGlm.Core.Planning;

namespace FlGlm.Client.Training;

/// <summary>
/// A client's whole run with a server: connect, train in its turns, save, however the run ends. Its events are <see cref="StepReport"/>s and
/// <see cref="Events.ClientEvent"/>s.
/// </summary>
public sealed class FlGlmClient(ClientOptions options) : FlGlmRun
{
    /// <inheritdoc/>
    protected override async Task WorkAsync(CancellationToken stop, CancellationToken ct)
    {
        ConfigValidation.Expect(("", options.Plan), ("client.", options.Client), ("compute.", options.Compute));
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, ct);
        using var model = SplitModel.Open(options.Model, options.Plan, options.Compute, Events);
        using var training = await ClientTraining.OpenAsync(options, model, Events, either.Token).ConfigureAwait(false);
        var content = await model.ReadContentAsync(either.Token).ConfigureAwait(false);
        var checkpoints = OpenCheckpoints(training, model, content);
        Events.Report(new RunEvent.Loaded());
        if (checkpoints?.Newest is { IsConfirmed: true } done)
            Events.Report($"the run is over after {done.Step} steps, and its results are saved: nothing is left to do");
        else if (checkpoints?.Newest is { IsSaved: true } saved)
            await ConfirmAsync(saved.Step, () => TrainAsync(model, training, content, checkpoints, stop, ct)).ConfigureAwait(false);
        else
            await TrainAsync(model, training, content, checkpoints, stop, ct).ConfigureAwait(false);
    }

    /// <summary>
    /// The process ended between saving the results and the server's answer to that: the server may still wait for this client, or have ended too.
    /// </summary>
    /// <param name="takePart">fetches the results once more, and lets the server know</param>
    private async Task ConfirmAsync(long step, Func<Task> takePart)
    {
        try
        {
            await takePart().ConfigureAwait(false);
        }
        catch (FlGlmException e)
        {
            Events.Report($"the run is over after {step} steps, and its results are saved; the server, which may have ended too, could not be told so: {e.Message}");
        }
    }

    private ClientCheckpoints? OpenCheckpoints(ClientTraining training, SplitModel model, ModelContent content)
    {
        if (options.Checkpoints.Length == 0)
            return null;
        var store = CheckpointStore.OpenFor(options.Checkpoints, options.Resume);
        return new ClientCheckpoints(store, options.ResumeFrom, training, model, content, training.Fingerprint(), Events) { IsResumed = options.Resume };
    }

    private async Task TrainAsync(SplitModel model, ClientTraining training, ModelContent content, ClientCheckpoints? checkpoints, CancellationToken stop, CancellationToken ct)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, ct);
        var isSaved = checkpoints?.Newest is { IsSaved: true };
        var settings = isSaved ? options.Client with { RetryForS = Math.Min(options.Client.RetryForS, ClientSession.ConfirmLimit.TotalSeconds) } : options.Client;
        var channel = await ServerConnection.OpenAsync(settings, options.Seal, Events, either.Token).ConfigureAwait(false);
        await using var channelScope = channel.ConfigureAwait(false);
        TrainingLoop loop = null!;
        ClientSession session = null!;
        session = new ClientSession(
            channel, training.Stages, model.Plan, content, model.Lane, options.Client, Events, (address, token) => ServerConnection.ReopenAsync(options.Client with { Connect = address }, options.Seal, Events, token))
        {
            Optimizer = training.Optimizer,
            Checkpoints = checkpoints,
            Best = training.Best,
            WentBack = step => loop.GoTo(step),
            Save = SaveAsync,
        };
        await using var sessionScope = session.ConfigureAwait(false);
        loop = training.Loop(session.Middle);
        training.Validated = (step, _, token) => session.Middle.KeepAsync(step, training.Validations, token);
        using var halt = CancellationTokenSource.CreateLinkedTokenSource(stop);
        BudgetException? spent = null;
        ClientRun ended;
        try
        {
            ended = await session.RunAsync(training.Batches.Examples, TakeAllowedStepsAsync, halt.Token, ct).ConfigureAwait(false);
        }
        catch when (loop.Step > 0 && !isSaved)
        {
            await SaveAsync(new ClientRun(ClientOutcome.Interrupted, loop.Step, Middle: null)).ConfigureAwait(false);
            throw;
        }

        using var middle = ended.Middle;
        using var bestMiddle = ended.BestMiddle;
        if (ended.Outcome != ClientOutcome.Finished && !isSaved)
            await SaveAsync(ended).ConfigureAwait(false);
        if (spent is not null)
            throw spent;
        if (ended.Outcome == ClientOutcome.ServerLeft)
            throw new NetworkException("The server stopped before the last round was over.");

        async Task SaveAsync(ClientRun run)
        {
            await training.SaveAsync(run.Middle?.Tensors, session.RunId).ConfigureAwait(false);
            await training.SaveBestAsync(run.BestMiddle?.Tensors, session.RunId).ConfigureAwait(false);
        }

        // A budget that is spent ends the session as a stop does, so that the server hears a Goodbye.
        async Task<int> TakeAllowedStepsAsync(int round, int steps, CancellationToken stopping, CancellationToken limit)
        {
            var before = loop.Step;
            try
            {
                return await TakeStepsAsync(round, steps, stopping, limit).ConfigureAwait(false);
            }
            catch (BudgetException e)
            {
                spent = e;
                await halt.CancelAsync().ConfigureAwait(false);
                return loop.Step - before;
            }
        }

        async Task<int> TakeStepsAsync(int round, int steps, CancellationToken stopping, CancellationToken limit)
        {
            training.SetTotalSteps(session.TotalSteps);
            if (loop.Step == 0)
                await training.ValidateAsync(session.Middle, session.Middle, 0, limit).ConfigureAwait(false);
            return await loop.RunAsync(round, steps, EndStepAsync, stopping, limit).ConfigureAwait(false);

            async Task EndStepAsync(int step)
            {
                await training.ValidateAsync(session.Middle, session.Middle, step, limit).ConfigureAwait(false);
                await session.StepTakenAsync(stopping, limit).ConfigureAwait(false);
            }
        }
    }
}
