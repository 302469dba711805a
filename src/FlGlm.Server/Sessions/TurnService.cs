using FlGlm.Core.Wire;
using FlGlm.Core.Wire.Messages;
using FlGlm.Server.Events;
using FlGlm.Server.Participants;
using FlGlm.Server.Scheduling;

namespace FlGlm.Server.Sessions;

/// <summary>Serves one client's passes over one connection: receives h0, sends hN-2, receives dL/dhN-2, sends dL/dh0.</summary>
internal sealed class TurnService(IFrameChannel channel, SessionReceiver receiver, SessionDependencies server, Participant client)
{
    private long _bytesIn = channel.BytesReceived;
    private long _bytesOut = channel.BytesSent;

    /// <summary>Handles frames until the client ends its turn.</summary>
    /// <exception cref="OperationCanceledException">The server stops.</exception>
    public async Task RunAsync(RoundTurn turn, SessionStops stops)
    {
        var passes = client.Passes!;
        while (true)
        {
            receiver.State = passes.HasOpen ? SessionState.Backward : SessionState.Forward;
            var frame = await receiver.ReceiveAsync(passes.IsBetweenSteps ? stops.Stopping : stops.Limit).ConfigureAwait(false);
            if (frame.Kind is FrameKind.Forward or FrameKind.Backward or FrameKind.Prefill or FrameKind.Decode or FrameKind.Keep)
            {
                await ServeAsync(passes, frame, turn, stops.Limit).ConfigureAwait(false);
                continue;
            }

            using (frame)
            {
                switch (frame.Kind)
                {
                    case FrameKind.Drop:
                        await passes.DropAsync(frame.Parse<Drop>()).ConfigureAwait(false);
                        break;
                    case FrameKind.RoundEnd:
                        passes.EndTurn(frame.Parse<RoundEnd>());
                        return;
                    default:
                        throw receiver.Unexpected(frame);
                }
            }
        }
    }

    private async Task ServeAsync(ClientPasses passes, Frame frame, RoundTurn turn, CancellationToken ct)
    {
        if (!passes.Request(frame, out var coming))
            return;
        var reply = await WaitAsync(coming, ct).ConfigureAwait(false);
        await reply.SendAsync(channel, ct).ConfigureAwait(false);
        if (reply.Step is { IsReported: false } step)
            Report(step, turn);
    }

    /// <summary>Where a pass waits, for other clients or for room on the disk: tells this one so at intervals, and notices when it goes.</summary>
    private async Task<PassReply> WaitAsync(Task<PassReply> coming, CancellationToken ct)
    {
        var waitsForDiskAlone = !server.Scheduler.PassesWait;
        if (waitsForDiskAlone && !coming.IsCompleted)
            await ((Task)coming).WaitAsync(SessionTimes.Notice).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (coming.IsCompleted)
            return await coming.ConfigureAwait(false);
        var notices = new WaitNotices(channel, server, client, ct, waitsForDiskAlone);
        await using var noticesScope = notices.ConfigureAwait(false);
        return await receiver.WaitWhileConnectedAsync(coming.WaitAsync, ct).ConfigureAwait(false);
    }

    private void Report(ServedStep step, RoundTurn turn)
    {
        step.IsReported = true;
        step.Seconds.Lap();
        var (bytesIn, bytesOut) = (channel.BytesReceived, channel.BytesSent);
        server.Events.Report(new ServerEvent.StepServed(
            client.Name,
            step.Step,
            (int)turn.TotalSteps,
            turn.Round,
            step.Tokens,
            server.Scheduler.Waiting,
            bytesIn - _bytesIn,
            bytesOut - _bytesOut,
            step.Seconds));
        (_bytesIn, _bytesOut) = (bytesIn, bytesOut);
    }
}
