using FlGlm.Client.Sessions;
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
        Events.Report(new RunEvent.Loaded());
        var channel = await ServerConnection.OpenAsync(options.Client, options.Seal, Events, either.Token).ConfigureAwait(false);
        await using var channelScope = channel.ConfigureAwait(false);
        var session = new ClientSession(channel, training.Stages, model.Plan, content, model.Lane, options.Client, Events) { Optimizer = training.Optimizer };
        await using var sessionScope = session.ConfigureAwait(false);
        var loop = training.Loop(session.Middle);
        ClientRun ended;
        try
        {
            ended = await session.RunAsync(training.Batches.Examples, TrainAsync, stop, ct).ConfigureAwait(false);
        }
        catch when (loop.Step > 0)
        {
            await training.SaveAsync(middle: null, session.RunId).ConfigureAwait(false);
            throw;
        }

        using var middle = ended.Middle;
        await training.SaveAsync(middle?.Tensors, session.RunId).ConfigureAwait(false);
        if (ended.Outcome == ClientOutcome.ServerLeft)
            throw new NetworkException("The server stopped before the last round was over.");

        async Task<int> TrainAsync(int round, int steps, CancellationToken stopping, CancellationToken limit)
        {
            training.SetTotalSteps(session.TotalSteps);
            if (loop.Step == 0)
                await training.ValidateAsync(session.Middle, 0, limit).ConfigureAwait(false);
            return await loop.RunAsync(round, steps, step => training.ValidateAsync(session.Middle, step, limit), stopping, limit).ConfigureAwait(false);
        }
    }
}
