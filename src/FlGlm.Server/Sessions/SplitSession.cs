using System.Threading.Channels;
using FlGlm.Core.Configuration;
using FlGlm.Core.Peft;
using FlGlm.Core.Planning;
using FlGlm.Core.Splitting;
using FlGlm.Core.Wire;
using FlGlm.Core.Wire.Messages;
using FlGlm.Server.Scheduling;

namespace FlGlm.Server.Sessions;

/// <summary>One client's session from Join to goodbye. A client that breaks the rules ends its own session and nothing else.</summary>
internal sealed partial class SplitSession(IFrameChannel channel, SessionContext context)
{
    private readonly SessionInbox _inbox = new(channel);
    private readonly string _client = channel.Peer.Name;

    /// <summary>Never throws: what goes wrong is reported, told to the client as far as it is its business, and over.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        try
        {
            await TakePartAsync(ct);
            context.Observer.ClientFinished(_client);
        }
        catch (OperationCanceledException)
        {
            // The server stops.
            await Farewell.SayGoodbyeAsync(channel);
        }
        catch (FlGlmException e)
        {
            await LoseAsync(e);
        }
#pragma warning disable CA1031 // one client's trouble must not bring the others down
        catch (Exception e)
        {
            LogTrouble(context.Logger, _client, e);
            await LoseAsync(e);
        }
    }

    private async Task TakePartAsync(CancellationToken ct)
    {
        await using var heartbeat = new Heartbeat(channel, context.PingPeriod);
        var join = await AgreeAsync(ct);
        await (join.Generate ? GenerateAsync(ct) : TrainAsync(join.Samples, ct));
    }

    private async Task GenerateAsync(CancellationToken ct)
    {
        if (!context.Generating.Wait(0, CancellationToken.None))
        {
            throw new ProtocolException(
                FaultCode.Full, $"{context.Settings.MaxGenerating} clients generate already, which is all this server takes (server.max_generating). Try again later.");
        }

        try
        {
            _inbox.State = SessionState.Generating;
            context.Observer.GenerationStarted(_client);
            using var service = new GenerationService(channel, _inbox, context);
            await service.RunAsync(ct);
        }
        finally
        {
            context.Generating.Release();
        }
    }

    /// <param name="samples">n_i</param>
    private async Task TrainAsync(long samples, CancellationToken ct)
    {
        var seat = await context.Scheduler.EnterAsync(_client, samples, ct);
        try
        {
            context.Observer.ClientJoined(_client, seat.Number);
            using var service = new TurnService(channel, _inbox, context, seat);
            for (var round = 1; round <= context.Plan.Training.Rounds; round++)
                await TakeTurnAsync(seat, service, round, ct);
            await HandOverAsync(ct);
        }
        finally
        {
            await context.Scheduler.LeaveAsync(seat);
        }
    }

    private async Task<Join> AgreeAsync(CancellationToken ct)
    {
        using var frame = await _inbox.ExpectAsync(FrameKind.Join, context.Closing, ct);
        var join = frame.Parse<Join>();
        if (!join.Generate && context.Settings.GenerateOnly)
            throw new ProtocolException(FaultCode.PlanMismatch, "This server trains nobody (server.generate_only); `flglm generate` is what it answers.");
        if (!join.Generate && join.Samples < 1)
            throw new ProtocolException(FaultCode.Malformed, $"A client with {join.Samples} samples has nothing to train on.");
        if (join.Version != BuildVersion.Current)
            throw new ProtocolException(FaultCode.PlanMismatch, $"The build is {BuildVersion.Current} at the server, {join.Version} at the client. Use one build on both sides.");
        var plan = PlanMessages.ToMessage(context.Plan, BuildVersion.Current);
        plan.PingEveryS = context.PingPeriod.TotalSeconds;
        plan.MaxFrameBytes = context.Settings.MaxFrameBytes;
        _inbox.State = SessionState.Planned;
        await channel.SendAsync(FrameKind.Plan, plan, null, ct);
        using var accepted = await _inbox.ExpectAsync(FrameKind.PlanAccepted, context.Closing, ct);
        return join;
    }

    private async Task TakeTurnAsync(Seat seat, TurnService service, int round, CancellationToken ct)
    {
        _inbox.State = SessionState.Waiting;
        var start = await _inbox.WhileQuietAsync(given => WaitForTurnAsync(seat, given), context.Stopping, ct);
        var turn = new Turn { Round = round, Client = seat.Number, AdapterFollows = start is not null };
        await channel.SendAsync(FrameKind.Turn, turn, null, ct);
        await SendAsync(start, ct);

        _inbox.State = SessionState.InTurn;
        await service.RunAsync(round, ct);

        _inbox.State = SessionState.BetweenRounds;
        var parameters = context.Plan.Averages ? await AdapterFrames.ReceiveAsync(_inbox.ReceiveAsync, ClientForms(), ct) : null;
        await SendAsync(await EndTurnAsync(seat, parameters, ct), ct);
    }

    /// <summary>A client that nothing comes back to may have said goodbye before its turn is over here.</summary>
    private Task<ParameterSet?> EndTurnAsync(Seat seat, ParameterSet? parameters, CancellationToken ct) => context.Plan.Averages
        ? _inbox.WhileQuietAsync(given => context.Scheduler.EndTurnAsync(seat, parameters, given), context.Stopping, ct)
        : context.Scheduler.EndTurnAsync(seat, parameters, ct);

    private async Task<ParameterSet?> WaitForTurnAsync(Seat seat, CancellationToken ct)
    {
        var places = Channel.CreateUnbounded<QueuePlace>();
        var telling = TellPlacesAsync(places.Reader);
        try
        {
            return await context.Scheduler.WaitForTurnAsync(seat, place => places.Writer.TryWrite(place), ct);
        }
        finally
        {
            places.Writer.Complete();
            await telling;
        }
    }

    private async Task TellPlacesAsync(ChannelReader<QueuePlace> places)
    {
        await foreach (var place in places.ReadAllAsync())
            await channel.SendAsync(FrameKind.Queue, new Queue { Position = place.Position, Waiting = place.Waiting }, null, CancellationToken.None);
    }

    /// <summary>The run is over: the client gets the middle's part, where the plan shares it, and leaves.</summary>
    private async Task HandOverAsync(CancellationToken ct)
    {
        if (context.Plan.ShareMiddle)
            await AdapterFrames.SendAsync(channel, context.Lane, context.Stage.Parameters, AdapterFrames.MaxChunkBytes, ct);
        _inbox.State = SessionState.Finished;
        try
        {
            using var frame = await _inbox.ReceiveAsync(ct);
            throw _inbox.Unexpected(frame);
        }
        catch (GoodbyeException)
        {
            // As it should be.
        }
    }

    private Task SendAsync(ParameterSet? parameters, CancellationToken ct) => parameters is null
        ? Task.CompletedTask
        : AdapterFrames.SendAsync(channel, context.Lane, parameters.Tensors, AdapterFrames.MaxChunkBytes, ct);

    private IEnumerable<ParameterForm> ClientForms() =>
        ParameterForm.OfStage(context.Stage.Blueprint, StageName.Head).Concat(ParameterForm.OfStage(context.Stage.Blueprint, StageName.Tail));

    private async Task LoseAsync(Exception reason)
    {
        context.Observer.ClientLost(_client, reason.Message);
        await Farewell.SayWhyAsync(channel, reason);
    }
}
