using FlGlm.Client.Sessions;
using FlGlm.Client.Training;
using FlGlm.Core.Configuration;
using FlGlm.Core.Events;
using FlGlm.Core.Planning;
using FlGlm.Core.Splitting;
using FlGlm.Core.Wire;
using FlGlm.Core.Wire.Messages;

namespace FlGlm.Client.Generation;

/// <summary>A client's session with a server for generation only: no turns, no training.</summary>
internal sealed class GenerationSession : IAsyncDisposable
{
    private readonly ServerLink _link;
    private readonly Heartbeat _heartbeat;
    private readonly RemoteCachedMiddle _middle;

    private GenerationSession(ServerLink link, ComputeLane lane, PlanAgreement agreement)
    {
        _link = link;
        Content = agreement.Content;
        _heartbeat = new Heartbeat(link.Channel, agreement.PingPeriod);
        _middle = new RemoteCachedMiddle(link, lane, agreement.Plan.Crypto.RekeyEvery);
    }

    /// <summary>How many weights both sides could compare.</summary>
    public ContentComparison Content { get; }

    /// <summary>The middle at the server, one generation at a time.</summary>
    public ICachedMiddle Middle => _middle;

    /// <summary>Joins a server that holds the middle of the same model with the same cut.</summary>
    /// <param name="channel">after its handshake; the caller disposes it</param>
    /// <param name="own">the plan from this client's configuration; only the keys that describe the model are compared</param>
    /// <param name="content">the tensors that this client holds, to compare them with the server's</param>
    /// <exception cref="ProtocolException">The models differ.</exception>
    /// <exception cref="GoodbyeException">The server stops.</exception>
    public static async Task<GenerationSession> JoinAsync(
        IFrameChannel channel, RunPlan own, ModelContent content, ComputeLane lane, ClientSettings settings, RunEvents events, CancellationToken ct)
    {
        var link = new ServerLink(channel, TimeSpan.FromSeconds(settings.ReplyTimeoutS), events);
        try
        {
            return new GenerationSession(link, lane, await PlanAgreement.MakeAsync(link, new Join { Generate = true }, own, content, ct).ConfigureAwait(false));
        }
        catch (Exception e)
        {
            var cause = e is FlGlmException failure ? await link.CauseOfAsync(failure).ConfigureAwait(false) : e;
            if (cause is FlGlmException)
                await SessionClose.SendFaultAsync(channel, link.Inbox, cause).ConfigureAwait(false);
            await link.DisposeAsync().ConfigureAwait(false);
            throw cause;
        }
    }

    /// <summary>Ends the session with a Goodbye; the server drops its keys and values.</summary>
    public async ValueTask DisposeAsync()
    {
        await _heartbeat.DisposeAsync().ConfigureAwait(false);
        await SessionClose.SendGoodbyeAsync(_link.Channel, _link.Inbox).ConfigureAwait(false);
        await _link.DisposeAsync().ConfigureAwait(false);
    }
}
