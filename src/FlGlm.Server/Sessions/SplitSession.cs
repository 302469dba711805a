using FlGlm.Core.Configuration;
using FlGlm.Core.Models;
using FlGlm.Core.Peft;
using FlGlm.Core.Planning;
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
            await TakePartAsync(stops).ConfigureAwait(false);
            server.Events.Report(new ServerEvent.ClientFinished(_name));
        }
        catch (OperationCanceledException) when (_ended.IsCancellationRequested)
        {
            await ReportLostAsync(new ProtocolException(FaultCode.Unspecified, _endReason)).ConfigureAwait(false);
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
    public static IEnumerable<ParameterSpec> ClientSpecs(StageBlueprint blueprint, RunPlan plan)
    {
        StageName[] stages = [StageName.Head, StageName.Tail];
        var moments = plan.Training.AverageMoments == AverageMoments.Average ? stages.SelectMany(stage => OptimizerMoments.OfStage(blueprint, stage, plan.Optimizer)) : [];
        return [.. stages.SelectMany(stage => ParameterSpec.OfStage(blueprint, stage)), .. moments];
    }

    public ValueTask DisposeAsync() => _receiver.DisposeAsync();

    private async Task TakePartAsync(SessionStops stops)
    {
        await using var heartbeat = new Heartbeat(channel, server.PingPeriod).ConfigureAwait(false);
        var (join, content) = await AgreeAsync(stops.Now).ConfigureAwait(false);
        await (join.Generate ? GenerateAsync(stops.Now) : TrainAsync(join.Samples, content, stops)).ConfigureAwait(false);
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
            server.Generating.Release();
        }
    }

    /// <param name="samples">n_i</param>
    /// <param name="content">the client's tensors</param>
    private async Task TrainAsync(long samples, PlanAccepted content, SessionStops stops)
    {
        var client = await server.Roster.JoinAsync(channel, samples, End, stops.Now).ConfigureAwait(false);
        var isLost = true;
        try
        {
            server.TrainingContent.Keep(content);
            _receiver.Participant = client;
            server.Events.Report(new ServerEvent.ClientJoined(_name, samples));
            await WaitForStartAsync(client, stops.Stopping).ConfigureAwait(false);
            var turns = new TurnService(channel, _receiver, server, client);
            while (!await TakeTurnAsync(client, turns, stops).ConfigureAwait(false))
            {
                // The next turn.
            }

            isLost = false;
            await HandOverAsync(client, stops).ConfigureAwait(false);
        }
        finally
        {
            await server.Roster.LeaveAsync(client, isLost && !server.Stopping.IsCancellationRequested).ConfigureAwait(false);
        }
    }

    private async Task<(Join Join, PlanAccepted Content)> AgreeAsync(CancellationToken ct)
    {
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(server.Closing, ct);
        using var frame = await _receiver.ExpectAsync(FrameKind.Join, waiting.Token).ConfigureAwait(false);
        var join = frame.Parse<Join>();
        JoinRules.Check(join, server.Plan, server.Settings);
        var plan = new Plan
        {
            Version = BuildVersion.Current,
            Settings = PlanText.Write(join.Generate ? server.Plan with { RunId = "" } : server.Plan),
            PingEveryS = server.PingPeriod.TotalSeconds,
            MaxFrameBytes = server.Settings.MaxFrameBytes,
        };
        _receiver.State = SessionState.Planned;
        await channel.SendAsync(FrameKind.Plan, plan, null, ct).ConfigureAwait(false);
        using var reply = await _receiver.ExpectAsync(FrameKind.PlanAccepted, waiting.Token).ConfigureAwait(false);
        var accepted = reply.Parse<PlanAccepted>();
        var comparison = (join.Generate ? server.GenerationContent : server.TrainingContent).Compare(accepted);
        server.Events.Report(new ServerEvent.ContentCompared(_name, comparison));
        var agreed = new ContentAgreed { Compared = comparison.Compared, OnlyServer = comparison.OnlyServer, OnlyClient = comparison.OnlyClient };
        await channel.SendAsync(FrameKind.ContentAgreed, agreed, null, ct).ConfigureAwait(false);
        return (join, accepted);
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

    /// <returns>whether it was the last</returns>
    private async Task<bool> TakeTurnAsync(Participant client, TurnService turns, SessionStops stops)
    {
        _receiver.State = SessionState.Waiting;
        var turn = await WaitForTurnAsync(client, stops.Stopping).ConfigureAwait(false);
        var message = new Turn
        {
            Round = turn.Round, Client = client.Seat, AdapterFollows = turn.Start is not null, Steps = turn.Steps, TotalSteps = turn.TotalSteps, Last = turn.IsLast,
        };
        await channel.SendAsync(FrameKind.Turn, message, null, stops.Limit).ConfigureAwait(false);
        await SendAsync(turn.Start, stops).ConfigureAwait(false);

        await turns.RunAsync(turn, stops).ConfigureAwait(false);

        _receiver.State = SessionState.RoundEnd;
        var parameters = server.Plan.Averages ? await AdapterFrames.ReceiveAsync(_receiver.ReceiveAsync, ClientSpecs(server.Stage.Blueprint, server.Plan), stops.Limit).ConfigureAwait(false) : null;
        await SendAsync(await EndTurnAsync(client, parameters, stops.Stopping).ConfigureAwait(false), stops).ConfigureAwait(false);
        return turn.IsLast;
    }

    private async Task<RoundTurn> WaitForTurnAsync(Participant client, CancellationToken stopping)
    {
        var notices = new WaitNotices(channel, server, client, stopping);
        await using var noticesScope = notices.ConfigureAwait(false);
        return await _receiver.WaitAsync(waiting => server.Scheduler.WaitForTurnAsync(client, notices.Moved, waiting), stopping).ConfigureAwait(false);
    }

    /// <summary>Without an average the client waits for nothing and may have sent its Goodbye before its turn has ended here; that is not an error.</summary>
    private async Task<ParameterSet?> EndTurnAsync(Participant client, ParameterSet? parameters, CancellationToken stopping)
    {
        if (!server.Plan.Averages)
            return await server.Scheduler.EndTurnAsync(client, parameters, stopping).ConfigureAwait(false);
        var notices = new WaitNotices(channel, server, client, stopping);
        await using var noticesScope = notices.ConfigureAwait(false);
        return await _receiver.WaitAsync(waiting => server.Scheduler.EndTurnAsync(client, parameters, waiting), stopping).ConfigureAwait(false);
    }

    /// <summary>The end of the run: when the middle is saved, sends it to the client, if the plan shares it, and waits for its Goodbye.</summary>
    private async Task HandOverAsync(Participant client, SessionStops stops)
    {
        _receiver.State = SessionState.HandOver;
        if (server.Plan.ShareMiddle)
        {
            await using (new WaitNotices(channel, server, client, stops.Stopping))
                await server.Saved.WaitAsync(stops.Stopping).ConfigureAwait(false);
            using var trained = await server.Lane.RunAsync(() => ParameterSet.OfFinal(server.Stage.Parameters), stops.Now).ConfigureAwait(false);
            await SendAsync(trained, stops).ConfigureAwait(false);
        }

        _receiver.State = SessionState.Finished;
        try
        {
            using var frame = await _receiver.ReceiveAsync(stops.Limit).ConfigureAwait(false);
            throw _receiver.Unexpected(frame);
        }
        catch (GoodbyeException)
        {
            // The normal end.
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
