using FlGlm.Client.Stages;
using FlGlm.Core.Configuration;
using FlGlm.Core.Models;
using FlGlm.Core.Peft;
using FlGlm.Core.Wire;
using FlGlm.Core.Wire.Messages;

namespace FlGlm.Client.Training;

/// <summary>The end of a client's run: what the server has for it, and that it is saved.</summary>
internal sealed class ClientResults(ClientConnection connection, ClientStages stages)
{
    /// <summary>How long the server may take to confirm the end.</summary>
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(10);

    private ServerLink Link => connection.Link;

    /// <summary>The middle's values, if the server shares them: those of the end, unless this client leaves before it, and those of its best step.</summary>
    /// <param name="best">null = none is kept</param>
    public async Task<(ParameterSet? Middle, ParameterSet? BestMiddle)> TakeAsync(bool hasLeft, BestState? best, CancellationToken ct)
    {
        var isShared = connection.Agreement.Plan.ShareMiddle;
        var middle = isShared && !hasLeft ? await TakeMiddleAsync(ct).ConfigureAwait(false) : null;
        if (best is null)
            return (middle, null);
        await Link.Channel.SendAsync(FrameKind.Best, new Best { After = best.Step }, null, ct).ConfigureAwait(false);
        if (isShared)
            return (middle, await TakeMiddleAsync(ct).ConfigureAwait(false));
        (await AdapterFrames.ReceiveAsync(Link.ReceiveAsync, [], ct).ConfigureAwait(false)).Dispose();
        return (middle, null);
    }

    /// <summary>Tells the server that the results are saved, and waits until it has written that down: from then on it does not wait for this client.</summary>
    public async Task ConfirmAsync(CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(AnswerLimit);
        try
        {
            await Link.Channel.SendAsync(FrameKind.Goodbye, new Goodbye(), null, limit.Token).ConfigureAwait(false);
            while (true)
                (await Link.ReceiveAsync(limit.Token).ConfigureAwait(false)).Dispose();
        }
        catch (GoodbyeException)
        {
            // It has.
        }
        catch (NetworkException e)
        {
            // Where the server has left, or cannot be asked again, this side has everything too.
            if (connection.CanReconnect && await connection.CauseOfAsync(e).ConfigureAwait(false) is not GoodbyeException)
                throw;
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            // This side has everything.
        }
    }

    private Task<ParameterSet> TakeMiddleAsync(CancellationToken ct) =>
        AdapterFrames.ReceiveAsync(Link.ReceiveAsync, ParameterSpec.OfStage(stages.Blueprint, StageName.Middle), ct);
}
