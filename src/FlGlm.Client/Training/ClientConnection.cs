using System.Diagnostics;
using System.Runtime.ExceptionServices;
using FlGlm.Client.Events;
using FlGlm.Client.Sessions;
using FlGlm.Core.Configuration;
using FlGlm.Core.Events;
using FlGlm.Core.Planning;
using FlGlm.Core.Wire;
using FlGlm.Core.Wire.Messages;

namespace FlGlm.Client.Training;

/// <summary>A client's connection to the server of its run: agrees on the plan, and where a connection is lost makes another one.</summary>
/// <param name="channel">the first connection, after its handshake; the caller disposes it</param>
/// <param name="connect">makes another one, to an address; null = a lost connection ends the run</param>
/// <param name="own">the plan from this client's configuration</param>
/// <param name="content">the tensors that this client holds, to compare them with the server's</param>
internal sealed class ClientConnection(
    IFrameChannel channel, Func<string, CancellationToken, Task<IFrameChannel>>? connect, RunPlan own, ModelContent content, ClientSettings settings, RunEvents events)
    : IAsyncDisposable
{
    /// <summary>Connections in a row that may break between a request and its reply.</summary>
    private const int MostBroken = 5;

    /// <summary>Times in a row that one server sends the client to another.</summary>
    private const int MostRedirects = 2;

    /// <summary>How long another connection of this client may seem alive to the server before it is taken for another process.</summary>
    private const double BusyForS = 30;

    private static readonly TimeSpan FirstDelay = TimeSpan.FromSeconds(0.1);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(2);
    private string _address = settings.Connect;
    private int _redirects;
    private IFrameChannel? _later;
    private Heartbeat? _heartbeat;
    private PlanAgreement? _agreement;
    private long _answers;
    private int _broken;
    private long? _busySince;
    private bool _hasGivenUp;

    public ServerLink Link { get; } = new(channel, TimeSpan.FromSeconds(settings.ReplyTimeoutS), events, outlives: connect is not null);

    /// <summary>What was agreed on; there after <see cref="JoinAsync"/> or <see cref="ReconnectAsync"/>.</summary>
    public PlanAgreement Agreement => _agreement ?? throw new InvalidOperationException("Nothing is agreed on yet.");

    /// <summary>Whether a lost connection may be replaced.</summary>
    public bool CanReconnect => connect is not null;

    /// <summary>The id of the run; empty before the server has sent its plan.</summary>
    public string RunId { get; private set; } = "";

    /// <summary>Joins a run in which the client takes no part yet.</summary>
    /// <exception cref="ProtocolException">The plans or the weights differ.</exception>
    public async Task JoinAsync(long samples, CancellationToken ct)
    {
        var (begun, tries) = (Stopwatch.GetTimestamp(), 0);
        while (true)
        {
            try
            {
                Agree(await PlanAgreement.MakeAsync(Link, new Join { Samples = samples }, own, content, ct).ConfigureAwait(false));
                await Link.ResumeAsync(ct).ConfigureAwait(false);
                return;
            }
            catch (RedirectException redirected)
            {
                await GoToAsync(redirected.Address, ct).ConfigureAwait(false);
            }
            catch (FlGlmException e)
            {
                await RenewAsync(begun, await ExpectLostAsync(e).ConfigureAwait(false), tries++, ct).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Takes the client's part in a run up again: over this connection, or over others where it is lost.</summary>
    /// <param name="place">where the client is</param>
    /// <exception cref="RollbackException">The client must go back to a checkpoint.</exception>
    /// <exception cref="SealException">5 connections in a row broke between a request and its reply.</exception>
    /// <exception cref="NetworkException">The server cannot be reached any more.</exception>
    public async Task ReconnectAsync(Func<Resume> place, CancellationToken ct)
    {
        var begun = Stopwatch.GetTimestamp();
        var renews = Link.Inbox.Ended.IsCompleted ? await Link.Inbox.Ended.ConfigureAwait(false) : null;
        for (var tries = 0; ; tries++)
        {
            if (renews is not null)
                await RenewAsync(begun, renews, tries, ct).ConfigureAwait(false);
            try
            {
                Agree(await PlanAgreement.MakeAsync(Link, place(), own, content, ct).ConfigureAwait(false));
                using var answer = await Link.ExpectAsync(FrameKind.Resumed, ct).ConfigureAwait(false);
                await Link.ResumeAsync(ct).ConfigureAwait(false);
                events.Report(new ClientEvent.Resumed());
                return;
            }
            catch (RedirectException redirected)
            {
                await GoToAsync(redirected.Address, ct).ConfigureAwait(false);
                renews = null;
            }
            catch (FlGlmException e)
            {
                renews = await ExpectLostAsync(e).ConfigureAwait(false);
            }
        }
    }

    /// <inheritdoc cref="ServerLink.CauseOfAsync"/>
    public Task<FlGlmException> CauseOfAsync(FlGlmException failure) => _hasGivenUp ? Task.FromResult(failure) : Link.CauseOfAsync(failure);

    /// <summary>Goes on where a failure is that of the connection, and another one may bring what this one has not.</summary>
    /// <returns>what the failure comes from</returns>
    /// <exception cref="FlGlmException">What it comes from, where another connection brings nothing.</exception>
    public async Task<FlGlmException> ExpectLostAsync(FlGlmException failure)
    {
        var cause = await CauseOfAsync(failure).ConfigureAwait(false);
        if (!await IsLostAsync(cause).ConfigureAwait(false))
            ExceptionDispatchInfo.Throw(cause);
        return cause;
    }

    public async ValueTask DisposeAsync()
    {
        await EndHeartbeatAsync().ConfigureAwait(false);
        await Link.DisposeAsync().ConfigureAwait(false);
        if (_later is not null)
            await _later.DisposeAsync().ConfigureAwait(false);
    }

    private async Task<bool> IsLostAsync(FlGlmException failure)
    {
        if (connect is null || _hasGivenUp || failure is not (NetworkException or SealException or ProtocolException))
            return false;
        await ((Task)Link.Inbox.Ended).WaitAsync(SessionClose.PeerTimeout).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return Link.IsLost;
    }

    private void Agree(PlanAgreement agreement)
    {
        if (_agreement is null)
        {
            events.Report(new ClientEvent.PlanAccepted(agreement.Plan));
            events.Report(new ClientEvent.ContentCompared(agreement.Content));
        }

        (_agreement, RunId, _redirects) = (agreement, agreement.Plan.RunId, 0);
        _heartbeat = new Heartbeat(Link.Channel, agreement.PingPeriod);
        if (agreement.Plan.Clients.WhenLost == WhenLost.Drop)
            Link.EndWithConnection(); // the run goes on without this client
    }

    /// <summary>Connects to another server of the run, which must have the identity of this one, and stays there.</summary>
    private async Task GoToAsync(string address, CancellationToken ct)
    {
        var here = Link.Channel.Peer;
        if (connect is null || ++_redirects > MostRedirects)
            throw new ProtocolException(FaultCode.Unexpected, $"{here} sends this client to {address}, and it has been sent {MostRedirects} times: the servers of this run do not agree on where it belongs (server.advertise).");
        events.Report(new ClientEvent.Redirected(address));
        _hasGivenUp = true;
        await CloseAsync().ConfigureAwait(false);
        await OpenAsync(address, ct).ConfigureAwait(false);
        if (Link.Channel.Peer.Fingerprint != here.Fingerprint)
            throw new SealException($"The server at {address} has another identity key than {here}, which has sent this client there; all servers of a run have one.") { IsUnknownIdentity = true };
        (_address, _hasGivenUp) = (address, false);
    }

    private async Task CloseAsync()
    {
        await EndHeartbeatAsync().ConfigureAwait(false);
        if (_later is not null)
            await _later.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>From now on frames go through another connection.</summary>
    private async Task OpenAsync(string address, CancellationToken ct)
    {
        _later = await connect!(address, ct).ConfigureAwait(false);
        await Link.UseAsync(_later).ConfigureAwait(false);
    }

    /// <summary>Makes another connection; where that fails, none is tried any more.</summary>
    /// <param name="begun">when the client began to try</param>
    private async Task RenewAsync(long begun, Exception reason, int tries, CancellationToken ct)
    {
        _hasGivenUp = true;
        await TryRenewAsync(begun, reason, tries, ct).ConfigureAwait(false);
        _hasGivenUp = false;
    }

    private async Task TryRenewAsync(long begun, Exception reason, int tries, CancellationToken ct)
    {
        Count(reason);
        ExpectFree(reason);
        events.Report(new ClientEvent.ConnectionLost(reason.Message));
        await CloseAsync().ConfigureAwait(false);
        if (Stopwatch.GetElapsedTime(begun).TotalSeconds > settings.ReconnectForS)
            throw new NetworkException(FormattableString.Invariant($"The server has not taken this client back for {settings.ReconnectForS:0.###} s (client.reconnect_for_s): {reason.Message}"), reason);
        if (tries > 0 || _broken > 1)
            await Task.Delay(Delay(tries + _broken), ct).ConfigureAwait(false);
        await OpenAsync(_address, ct).ConfigureAwait(false);
    }

    /// <summary>Counts a connection that broke while the server owed a reply to a request; waiting for others does not count, nor for the end of an older connection.</summary>
    private void Count(Exception reason)
    {
        if (Link.Answers > _answers)
            (_answers, _broken) = (Link.Answers, 0);
        if (_broken > 0 && reason is ProtocolException { Code: FaultCode.TooLarge })
            ExceptionDispatchInfo.Throw(reason); // no accident on the way, but a limit
        if (Link.HasPending && reason is not ProtocolException { IsBusy: true } && ++_broken >= MostBroken)
        {
            throw new SealException(
                $"{MostBroken} connections in a row broke between a request and its reply, the last with: {reason.Message} Something between this client and the server changes or cuts what they send.", reason);
        }
    }

    /// <exception cref="ProtocolException">Another connection of this client has seemed alive for so long that it is another process.</exception>
    private void ExpectFree(Exception reason)
    {
        _busySince = reason is ProtocolException { IsBusy: true } ? _busySince ?? Stopwatch.GetTimestamp() : null;
        if (_busySince is { } since && Stopwatch.GetElapsedTime(since).TotalSeconds > Math.Min(settings.ReconnectForS, BusyForS))
            ExceptionDispatchInfo.Throw(reason);
    }

    private async ValueTask EndHeartbeatAsync()
    {
        if (_heartbeat is { } heartbeat)
            await heartbeat.DisposeAsync().ConfigureAwait(false);
        _heartbeat = null;
    }

    private static TimeSpan Delay(int tries) => FirstDelay * Math.Pow(2, Math.Min(tries, 10)) is var delay && delay < LongestDelay ? delay : LongestDelay;
}
