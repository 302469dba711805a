using FlGlm.Client.Training;
using FlGlm.Core.Configuration;
using FlGlm.Core.Planning;
using FlGlm.Core.Splitting;
using FlGlm.Core.Wire;
using FlGlm.Core.Wire.Messages;

namespace FlGlm.Client.Generation;

/// <summary>A client's session with a server for generation only: no turns, no training.</summary>
public sealed class GenerationSession : IAsyncDisposable
{
    private readonly IFrameChannel _channel;
    private readonly Heartbeat _heartbeat;

    private GenerationSession(IFrameChannel channel, ComputeLane lane, PlanAgreement agreement)
    {
        _channel = channel;
        Content = agreement.Content;
        _heartbeat = new Heartbeat(channel, agreement.PingPeriod);
        Middle = new RemoteCachedMiddle(channel, lane, agreement.Plan.Crypto.RekeyEvery);
    }

    /// <summary>How many weights both sides could compare.</summary>
    public ContentComparison Content { get; }

    /// <summary>The middle at the server, one generation at a time.</summary>
    public ICachedMiddle Middle { get; }

    /// <summary>Joins a server that holds the middle of the same model with the same cut.</summary>
    /// <param name="channel">after its handshake; the caller disposes it</param>
    /// <param name="own">the plan from this client's configuration; only the keys that describe the model are compared</param>
    /// <param name="content">the tensors that this client holds, to compare them with the server's</param>
    /// <exception cref="ProtocolException">The models differ.</exception>
    /// <exception cref="GoodbyeException">The server stops.</exception>
    public static async Task<GenerationSession> JoinAsync(IFrameChannel channel, RunPlan own, ModelContent content, ComputeLane lane, CancellationToken ct)
    {
        try
        {
            return new GenerationSession(channel, lane, await PlanAgreement.MakeAsync(channel, new Join { Generate = true }, own, content, ct));
        }
        catch (FlGlmException e)
        {
            await SessionClose.SendFaultAsync(channel, e);
            throw;
        }
    }

    /// <summary>Ends the session with a Goodbye; the server drops its keys and values.</summary>
    public async ValueTask DisposeAsync()
    {
        await _heartbeat.DisposeAsync();
        await SessionClose.SendGoodbyeAsync(_channel);
    }
}
