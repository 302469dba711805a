using FlGlm.Core.Configuration;
using FlGlm.Core.Models;
using FlGlm.Core.Peft;
using FlGlm.Core.Splitting;
using FlGlm.Core.Wire;
using FlGlm.Core.Wire.Messages;
using FlGlm.Server.Events;
using FlGlm.Server.Participants;
using FlGlm.Server.Scheduling;

namespace FlGlm.Server.Sessions;

/// <summary>One client's session from Join to Goodbye. A violation of the protocol ends this session and no other.</summary>
internal sealed class SplitSession(IFrameChannel channel, SessionDependencies server) : IAsyncDisposable
{
    /// <summary>How long receiving may take to find out that the connection is broken: what the peer still sends is read first.</summary>
    private static readonly TimeSpan BrokenLimit = TimeSpan.FromSeconds(3);

    private readonly SessionReceiver _receiver = new(channel, server.Settings.Deadlines, server.Events);
    private readonly CancellationTokenSource _ended = new();
    private string _endReason = "";
    private readonly string _name = channel.Peer.Name;

    /// <summary>Never throws: a failure is reported and sent to the client as a Fault.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        using var stops = new SessionStops(server, ct, _ended.Token);
        try
        {
            var tookPart = await TakePartAsync(stops).ConfigureAwait(false);
            server.Events.Report(tookPart ? new ServerEvent.ClientFinished(_name) : new ServerEvent.StatusAsked(_name));
        }
        catch (OperationCanceledException) when (_ended.IsCancellationRequested)
        {
            await ReportLostAsync(new ProtocolException(FaultCode.Unspecified, _endReason)).ConfigureAwait(false);
        }
        catch (RedirectException redirected)
        {
            server.Events.Report(new ServerEvent.Redirected(_name, redirected.Address));
            await SessionClose.SendRedirectAsync(channel, _receiver.Inbox, redirected.Address).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The server stops.
            await SessionClose.SendGoodbyeAsync(channel, _receiver.Inbox).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // a failure of one client must not end the others
        catch (Exception e)
        {
            await ReportLostAsync(e).ConfigureAwait(false);
        }
    }

    /// <summary>What a client sends at the end of a turn: head and tail, and their moments where the plan averages them.</summary>
    public static IReadOnlyList<ParameterSpec> ClientSpecs(StageBlueprint blueprint, RunPlan plan)
    {
        StageName[] stages = [StageName.Head, StageName.Tail];
        var moments = plan.Training.AverageMoments == AverageMoments.Average ? stages.SelectMany(stage => OptimizerMoments.OfStage(blueprint, stage, plan.Optimizer)) : [];
        return [.. stages.SelectMany(stage => ParameterSpec.OfStage(blueprint, stage)), .. moments];
    }

    public ValueTask DisposeAsync() => _receiver.DisposeAsync();

    /// <returns>false for a client that only asked for the server's status</returns>
    private async Task<bool> TakePartAsync(SessionStops stops)
    {
        await using var heartbeat = new Heartbeat(channel, server.PingPeriod).ConfigureAwait(false);
        if (await SessionAgreement.MakeAsync(channel, _receiver, server, stops.Now).ConfigureAwait(false) is not { } hello)
            return false;
        await (hello.Generates ? GenerateAsync(stops.Now) : TrainAsync(hello, stops)).ConfigureAwait(false);
        return true;
    }

    private void End(string reason)
    {
        _endReason = reason;
        _ended.Cancel();
    }

    private async Task GenerateAsync(CancellationToken ct)
    {
        if (!server.Generating.Wait(0, CancellationToken.None))
        {
            throw new ProtocolException(
                FaultCode.Full, $"{server.Settings.MaxGenerating} clients generate already, the limit of this server (server.max_generating). Try again later.");
        }

        try
        {
            _receiver.State = SessionState.Generating;
            server.Events.Report(new ServerEvent.GenerationStarted(_name));
            using var service = new GenerationService(channel, _receiver, server);
            await service.RunAsync(ct).ConfigureAwait(false);
        }
        finally
        {
            server.Events.Report(new ServerEvent.GenerationEnded(_name));
            server.Generating.Release();
        }
    }

    private async Task TrainAsync(SessionHello hello, SessionStops stops)
    {
        var client = await server.Roster.JoinAsync(channel, hello, End, stops.Now).ConfigureAwait(false);
        var isLost = true;
        try
        {
            server.TrainingContent.Keep(hello.Content);
            _receiver.Participant = client;
            server.Events.Report(new ServerEvent.ClientJoined(_name, hello.Samples));
            await FollowAsync(client, hello, stops).ConfigureAwait(false);
            isLost = false;
        }
        catch (FlGlmException e) when (e is NetworkException or SealException or ProtocolException { FromPeer: false, Code: FaultCode.OutOfOrder or FaultCode.Truncated or FaultCode.NotThisProtocol or FaultCode.Malformed })
        {
            // Sending fails a little before receiving has found out why.
            await ((Task)_receiver.Inbox.Ended).WaitAsync(BrokenLimit, stops.Now).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }
        finally
        {
            await server.Roster.LeaveAsync(client, isLost && !server.Stopping.IsCancellationRequested, _receiver.Inbox.IsBroken || _ended.IsCancellationRequested).ConfigureAwait(false);
        }
    }

    /// <summary>Follows the client to the end of the run; where it goes back to a checkpoint, from there again.</summary>
    private async Task FollowAsync(Participant client, SessionHello hello, SessionStops stops)
    {
        var turns = new TurnService(channel, _receiver, server, client);
        (TurnPlace Place, int Attempt)? back = null;
        while (true)
        {
            var goesBack = client.GoesBack;
            using var own = new SessionStops(server, stops.Now, _ended.Token, goesBack);
            try
            {
                var (place, isInTurn) = back is { } there
                    ? (await GoBackAsync(client, there.Place, there.Attempt, own).ConfigureAwait(false), false)
                    : await BeginAsync(client, hello, own).ConfigureAwait(false);
                await FollowAsync(client, turns, place, isInTurn, own).ConfigureAwait(false);
                return;
            }
            catch (OperationCanceledException) when (!stops.Stopping.IsCancellationRequested)
            {
                await WaitForBackAsync(goesBack, stops.Stopping).ConfigureAwait(false);
                back = client.TakeBack();
            }
        }
    }

    /// <summary>What the client had under way is void, maybe a little before it is known where it goes back to.</summary>
    private static async Task WaitForBackAsync(CancellationToken goesBack, CancellationToken stopping)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(goesBack, stopping);
        await Task.Delay(Timeout.InfiniteTimeSpan, either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stopping.ThrowIfCancellationRequested();
    }

    private async Task FollowAsync(Participant client, TurnService turns, TurnPlace place, bool isInTurn, SessionStops stops)
    {
        while (place.IsEnded || place.Round == 1 || (!server.Scheduler.HasLeft(client) && !server.Scheduler.IsLast(place.Round - 1)))
        {
            var round = place.IsEnded
                ? await ExpectEndAsync(client, place.Round, stops).ConfigureAwait(false)
                : await TakeTurnAsync(client, turns, place, isInTurn, stops).ConfigureAwait(false);
            await EndTurnAsync(client, round, stops).ConfigureAwait(false);
            (place, isInTurn) = (new TurnPlace(round + 1, 0), false);
        }

        await HandOverAsync(client, stops).ConfigureAwait(false);
    }

    /// <summary>The client takes part, or takes its part up again.</summary>
    /// <returns>its place, and whether it goes on in the turn that it has</returns>
    private async Task<(TurnPlace Place, bool IsInTurn)> BeginAsync(Participant client, SessionHello hello, SessionStops stops)
    {
        var isSame = client.Passes is not null && hello.Resume is { Live: true } live && live.Attempt == client.Attempt && client.Back is null;
        client.Passes ??= new ClientPasses(server, client, TurnPlace.First, client.Attempt);
        if (isSame || (hello.Resume is { Live: true } && client.Seat == 0))
        {
            await channel.SendAsync(FrameKind.Resumed, new Resumed(), null, stops.Limit).ConfigureAwait(false);
            var place = Places.Read(hello.Resume!.Place);
            if (!hello.Resume.InTurn)
                await WaitForStartAsync(client, stops.Stopping).ConfigureAwait(false);
            client.HasTakenPart = true;
            return (place, hello.Resume.InTurn);
        }

        await WaitForStartAsync(client, stops.Stopping).ConfigureAwait(false);
        if (hello.Resume is null && !client.HasTakenPart)
        {
            client.HasTakenPart = true;
            return (TurnPlace.First, false);
        }

        client.HasTakenPart = true;
        IReadOnlyList<TurnPlace> places = [.. hello.Resume?.Checkpoints.Select(Places.Read) ?? [TurnPlace.First]];
        await server.Scheduler.ResumeAsync(client, places, hello.Resume?.Attempt ?? 0).ConfigureAwait(false);
        throw new OperationCanceledException(client.GoesBack); // it is told so as any other that must go back
    }

    /// <summary>Tells the client to go back to a checkpoint, and waits until it has; what it has sent before is void.</summary>
    /// <exception cref="OperationCanceledException">It has not got that checkpoint: it goes back to another.</exception>
    private async Task<TurnPlace> GoBackAsync(Participant client, TurnPlace place, int attempt, SessionStops stops)
    {
        server.Events.Report(new ServerEvent.RolledBack(_name, place));
        _receiver.State = SessionState.GoingBack;
        await channel.SendAsync(FrameKind.Rollback, new Rollback { Place = place.ToMessage(), Attempt = attempt }, null, stops.Now).ConfigureAwait(false);
        while (true)
        {
            using var frame = await _receiver.ReceiveAsync(stops.Now).ConfigureAwait(false);
            if (frame.Kind != FrameKind.Rollback || frame.Parse<Rollback>() is not { } answer || answer.Attempt != attempt)
                continue;
            if (answer.Checkpoints.Count == 0)
                return place;
            await server.Scheduler.ResumeAsync(client, [.. answer.Checkpoints.Select(Places.Read)], attempt).ConfigureAwait(false);
            throw new OperationCanceledException(client.GoesBack);
        }
    }

    private async Task WaitForStartAsync(Participant client, CancellationToken stopping)
    {
        _receiver.State = SessionState.Waiting;
        var notices = new WaitNotices(channel, server, client, stopping);
        await using var noticesScope = notices.ConfigureAwait(false);
        await _receiver.WaitAsync(
            async waiting =>
            {
                await server.Roster.WaitForStartAsync(client, waiting).ConfigureAwait(false);
                return true;
            },
            stopping).ConfigureAwait(false);
    }

    /// <param name="isInTurn">the client has the turn already, over a connection before</param>
    /// <returns>the turn's number</returns>
    private async Task<int> TakeTurnAsync(Participant client, TurnService turns, TurnPlace place, bool isInTurn, SessionStops stops)
    {
        _receiver.State = SessionState.Waiting;
        var turn = isInTurn ? client.Passes!.Turn : null;
        if (turn is null)
        {
            turn = await WaitForTurnAsync(client, stops.Stopping).ConfigureAwait(false);
            var start = place.Steps == 0 ? turn.Start : null;
            var message = new Turn
            {
                Round = turn.Round, Client = client.Seat, AdapterFollows = start is not null, Steps = turn.Steps, TotalSteps = turn.TotalSteps, Last = turn.IsLast,
            };
            client.Passes!.BeginTurn(turn);
            await channel.SendAsync(FrameKind.Turn, message, null, stops.Limit).ConfigureAwait(false);
            await SendAsync(start, stops).ConfigureAwait(false);
        }

        await turns.RunAsync(turn, stops).ConfigureAwait(false);
        return turn.Round;
    }

    /// <summary>The client ends a turn whose steps are taken, over a connection before.</summary>
    /// <returns>the turn's number</returns>
    private async Task<int> ExpectEndAsync(Participant client, int round, SessionStops stops)
    {
        _receiver.State = SessionState.RoundEnd;
        using var frame = await _receiver.ExpectAsync(FrameKind.RoundEnd, stops.Limit).ConfigureAwait(false);
        var end = frame.Parse<RoundEnd>();
        if (end.Round != round)
            throw new ProtocolException(FaultCode.WrongStep, $"'{client.Name}' ends another turn than {round}, at whose end it is.");
        if (client.Passes!.Turn?.Round == round)
            client.Passes.EndTurn(end);
        client.Leaves = end.Leaves;
        return round;
    }

    /// <summary>Takes what the client has trained in the turn, and sends it the average.</summary>
    private async Task EndTurnAsync(Participant client, int round, SessionStops stops)
    {
        _receiver.State = SessionState.RoundEnd;
        var parameters = server.Plan.Averages ? await AdapterFrames.ReceiveAsync(_receiver.ReceiveAsync, ClientSpecs(server.Stage.Blueprint, server.Plan), stops.Limit).ConfigureAwait(false) : null;
        await SendAsync(await EndTurnAsync(client, round, parameters, stops.Stopping).ConfigureAwait(false), stops).ConfigureAwait(false);
    }

    private async Task<RoundTurn> WaitForTurnAsync(Participant client, CancellationToken stopping)
    {
        var notices = new WaitNotices(channel, server, client, stopping);
        await using var noticesScope = notices.ConfigureAwait(false);
        return await _receiver.WaitAsync(waiting => server.Scheduler.WaitForTurnAsync(client, notices.Moved, waiting), stopping).ConfigureAwait(false);
    }

    /// <summary>Without an average the client waits for nothing and may have sent its Goodbye before its turn has ended here; that is not an error.</summary>
    private async Task<ParameterSet?> EndTurnAsync(Participant client, int round, ParameterSet? parameters, CancellationToken stopping)
    {
        if (!server.Plan.Averages)
            return await server.Scheduler.EndTurnAsync(client, round, parameters, stopping).ConfigureAwait(false);
        var notices = new WaitNotices(channel, server, client, stopping);
        await using var noticesScope = notices.ConfigureAwait(false);
        return await _receiver.WaitAsync(waiting => server.Scheduler.EndTurnAsync(client, round, parameters, waiting), stopping).ConfigureAwait(false);
    }

    /// <summary>
    /// The end of the run: when the middle is saved, sends it to the client, if the plan shares it, and waits for its Goodbye. A client that leaves
    /// before the others gets the middle of its best step alone.
    /// </summary>
    private async Task HandOverAsync(Participant client, SessionStops stops)
    {
        _receiver.State = SessionState.HandOver;
        if (server.Plan.ShareMiddle && !server.Scheduler.HasLeft(client))
        {
            await using (new WaitNotices(channel, server, client, stops.Stopping))
                await server.Saved.WaitAsync(stops.Stopping).ConfigureAwait(false);
            using var trained = await server.Lane.RunAsync(() => ParameterSet.OfFinal(server.Stage.Parameters), stops.Now).ConfigureAwait(false);
            await SendAsync(trained, stops).ConfigureAwait(false);
        }

        _receiver.State = SessionState.Finished;
        try
        {
            while (true)
                await HandOverBestAsync(client, stops).ConfigureAwait(false);
        }
        catch (GoodbyeException)
        {
            await server.Roster.HasFetchedAsync(client).ConfigureAwait(false);
            server.Kept.Forget(client.Seat);
            await ConfirmAsync(stops.Limit).ConfigureAwait(false);
        }
    }

    /// <summary>Saves the middle of the client's best step, and sends it, if the plan shares it.</summary>
    private async Task HandOverBestAsync(Participant client, SessionStops stops)
    {
        using var frame = await _receiver.ReceiveAsync(stops.Limit).ConfigureAwait(false);
        if (frame.Kind != FrameKind.Best)
            throw _receiver.Unexpected(frame);
        var step = frame.Parse<Best>().After;
        _receiver.State = SessionState.HandOver;
        using var best = server.Kept.Read(client.Seat, step, [.. ParameterSpec.OfStage(server.Stage.Blueprint, StageName.Middle)]);
        await server.Kept.Save(client, step, best).ConfigureAwait(false);
        using var nothing = new ParameterSet([]);
        await SendAsync(server.Plan.ShareMiddle ? best : nothing, stops).ConfigureAwait(false);
        _receiver.State = SessionState.Finished;
    }

    /// <summary>The client may end now: it is not waited for any more, also after a restart.</summary>
    private async Task ConfirmAsync(CancellationToken ct)
    {
        try
        {
            await channel.SendAsync(FrameKind.Goodbye, new Goodbye(), null, ct).ConfigureAwait(false);
        }
        catch (FlGlmException)
        {
            // It has ended already.
        }
    }

    /// <summary>Sends weights; a stop ends it after the current frame.</summary>
    private Task SendAsync(ParameterSet? parameters, SessionStops stops) => parameters is null
        ? Task.CompletedTask
        : AdapterFrames.SendAsync(
            channel,
            parameters,
            AdapterFrames.MaxChunkBytes,
            TimeSpan.FromSeconds(server.Settings.Deadlines.HandOverS),
            "server.deadlines.hand_over_s",
            stops.Stopping,
            stops.Limit);

    private async Task ReportLostAsync(Exception reason)
    {
        server.Events.Report(new ServerEvent.ClientLost(_name, reason.Message) { Defect = reason is FlGlmException ? null : reason });
        await SessionClose.SendFaultAsync(channel, _receiver.Inbox, reason).ConfigureAwait(false);
    }
}
