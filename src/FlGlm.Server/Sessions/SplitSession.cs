using System.Threading.Channels;
using FlGlm.Core.Configuration;
using FlGlm.Core.Models;
using FlGlm.Core.Peft;
using FlGlm.Core.Planning;
using FlGlm.Core.Wire;
using FlGlm.Core.Wire.Messages;
using FlGlm.Server.Scheduling;

namespace FlGlm.Server.Sessions;

/// <summary>One client's session from Join to Goodbye. A violation of the protocol ends this session and no other.</summary>
internal sealed partial class SplitSession(IFrameChannel channel, SessionDependencies server)
{
    private readonly SessionReceiver _receiver = new(channel);
    private readonly string _name = channel.Peer.Name;

    /// <summary>Never throws: a failure is reported to the observer and sent to the client as a Fault.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        try
        {
            await TakePartAsync(ct);
            server.Observer.ClientFinished(_name);
        }
        catch (OperationCanceledException)
        {
            // The server stops.
            await SessionClose.SendGoodbyeAsync(channel);
        }
        catch (FlGlmException e)
        {
            await ReportLostAsync(e);
        }
#pragma warning disable CA1031 // a failure of one client must not end the others
        catch (Exception e)
        {
            LogFailure(server.Logger, _name, e);
            await ReportLostAsync(e);
        }
    }

    private async Task TakePartAsync(CancellationToken ct)
    {
        await using var heartbeat = new Heartbeat(channel, server.PingPeriod);
        var (join, content) = await AgreeAsync(ct);
        await (join.Generate ? GenerateAsync(ct) : TrainAsync(join.Samples, content, ct));
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
            server.Observer.GenerationStarted(_name);
            using var service = new GenerationService(channel, _receiver, server);
            await service.RunAsync(ct);
        }
        finally
        {
            server.Generating.Release();
        }
    }

    /// <param name="samples">n_i</param>
    /// <param name="content">the client's tensors</param>
    private async Task TrainAsync(long samples, PlanAccepted content, CancellationToken ct)
    {
        var client = await server.Scheduler.JoinAsync(_name, samples, ct);
        try
        {
            server.TrainingContent.Keep(content);
            server.Observer.ClientJoined(_name, client.Number);
            using var service = new TurnService(channel, _receiver, server, client);
            for (var round = 1; round <= server.Plan.Training.Rounds; round++)
                await TakeTurnAsync(client, service, round, ct);
            await SendMiddleAsync(ct);
        }
        finally
        {
            await server.Scheduler.LeaveAsync(client);
        }
    }

    private async Task<(Join Join, PlanAccepted Content)> AgreeAsync(CancellationToken ct)
    {
        using var frame = await _receiver.ExpectAsync(FrameKind.Join, server.Closing, ct);
        var join = frame.Parse<Join>();
        if (!join.Generate && server.Settings.GenerateOnly)
            throw new ProtocolException(FaultCode.PlanMismatch, "This server accepts no training (server.generate_only), only `flglm generate`.");
        if (!join.Generate && join.Samples < 1)
            throw new ProtocolException(FaultCode.Malformed, $"A client with {join.Samples} samples has nothing to train on.");
        if (!join.Generate && !server.Plan.CanTrainOn(join.Samples))
            throw new ProtocolException(FaultCode.Malformed, $"A client with {join.Samples} samples would take more steps than a run can have.");
        if (join.Version != BuildVersion.Current)
            throw new ProtocolException(FaultCode.PlanMismatch, $"The build is {BuildVersion.Current} at the server, {join.Version} at the client. Use one build on both sides.");
        var plan = new Plan
        {
            Version = BuildVersion.Current,
            Settings = PlanText.Write(join.Generate ? server.Plan with { RunId = "" } : server.Plan),
            PingEveryS = server.PingPeriod.TotalSeconds,
            MaxFrameBytes = server.Settings.MaxFrameBytes,
        };
        _receiver.State = SessionState.Planned;
        await channel.SendAsync(FrameKind.Plan, plan, null, ct);
        using var reply = await _receiver.ExpectAsync(FrameKind.PlanAccepted, server.Closing, ct);
        var accepted = reply.Parse<PlanAccepted>();
        var comparison = (join.Generate ? server.GenerationContent : server.TrainingContent).Compare(accepted);
        server.Observer.ContentCompared(_name, comparison);
        var agreed = new ContentAgreed { Compared = comparison.Compared, OnlyServer = comparison.OnlyServer, OnlyClient = comparison.OnlyClient };
        await channel.SendAsync(FrameKind.ContentAgreed, agreed, null, ct);
        return (join, accepted);
    }

    private async Task TakeTurnAsync(JoinedClient client, TurnService service, int round, CancellationToken ct)
    {
        _receiver.State = SessionState.Waiting;
        var start = await _receiver.WaitAsync(linked => WaitForTurnAsync(client, linked), server.Stopping, ct);
        var turn = new Turn { Round = round, Client = client.Number, AdapterFollows = start is not null };
        await channel.SendAsync(FrameKind.Turn, turn, null, ct);
        await SendAsync(start, ct);

        _receiver.State = SessionState.InTurn;
        await service.RunAsync(round, ct);

        _receiver.State = SessionState.BetweenRounds;
        var parameters = server.Plan.Averages ? await AdapterFrames.ReceiveAsync(_receiver.ReceiveAsync, ClientSpecs(), ct) : null;
        await SendAsync(await EndTurnAsync(client, parameters, ct), ct);
    }

    /// <summary>Without an average the client waits for nothing and may have sent its Goodbye before its turn has ended here; that is not an error.</summary>
    private Task<ParameterSet?> EndTurnAsync(JoinedClient client, ParameterSet? parameters, CancellationToken ct) => server.Plan.Averages
        ? _receiver.WaitAsync(linked => server.Scheduler.EndTurnAsync(client, parameters, linked), server.Stopping, ct)
        : server.Scheduler.EndTurnAsync(client, parameters, ct);

    private async Task<ParameterSet?> WaitForTurnAsync(JoinedClient client, CancellationToken ct)
    {
        var places = Channel.CreateUnbounded<QueuePlace>();
        using var late = new CancellationTokenSource();
        var sending = SendPlacesAsync(places.Reader, late.Token);
        try
        {
            return await server.Scheduler.WaitForTurnAsync(client, place => places.Writer.TryWrite(place), ct);
        }
        finally
        {
            places.Writer.Complete();
            if (ct.IsCancellationRequested)
                late.CancelAfter(SessionClose.PeerTimeout); // the session ends; the client may read nothing
            await sending;
        }
    }

    private async Task SendPlacesAsync(ChannelReader<QueuePlace> places, CancellationToken ct)
    {
        await foreach (var place in places.ReadAllAsync(CancellationToken.None))
            await channel.SendAsync(FrameKind.Queue, new Queue { Position = place.Position, Waiting = place.Waiting }, null, ct);
    }

    /// <summary>The end of the run: sends the client the middle's part, if the plan shares it, and waits for its Goodbye.</summary>
    private async Task SendMiddleAsync(CancellationToken ct)
    {
        if (server.Plan.ShareMiddle)
        {
            using var trained = await server.Lane.RunAsync(() => ParameterSet.OfFinal(server.Stage.Parameters), ct);
            await AdapterFrames.SendAsync(channel, trained, AdapterFrames.MaxChunkBytes, ct);
        }

        _receiver.State = SessionState.Finished;
        try
        {
            using var frame = await _receiver.ReceiveAsync(ct);
            throw _receiver.Unexpected(frame);
        }
        catch (GoodbyeException)
        {
            // The normal end.
        }
    }

    private Task SendAsync(ParameterSet? parameters, CancellationToken ct) => parameters is null
        ? Task.CompletedTask
        : AdapterFrames.SendAsync(channel, parameters, AdapterFrames.MaxChunkBytes, ct);

    private IEnumerable<ParameterSpec> ClientSpecs() =>
        ParameterSpec.OfStage(server.Stage.Blueprint, StageName.Head).Concat(ParameterSpec.OfStage(server.Stage.Blueprint, StageName.Tail));

    private async Task ReportLostAsync(Exception reason)
    {
        server.Observer.ClientLost(_name, reason.Message);
        await SessionClose.SendFaultAsync(channel, reason);
    }
}
