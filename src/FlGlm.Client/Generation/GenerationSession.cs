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

    private GenerationSession(IFrameChannel channel, ComputeLane lane, double pingSeconds, int rekeyEvery)
    {
        _channel = channel;
        _heartbeat = new Heartbeat(channel, TimeSpan.FromSeconds(pingSeconds));
        Middle = new RemoteCachedMiddle(channel, lane, rekeyEvery);
    }

    /// <summary>The middle at the server, one generation at a time.</summary>
    public ICachedMiddle Middle { get; }

    /// <summary>Joins a server that holds the middle of the same model with the same cut.</summary>
    /// <param name="channel">after its handshake; the caller disposes it</param>
    /// <param name="own">the plan from this client's configuration; only the fields that describe the model are compared</param>
    /// <exception cref="ProtocolException">The models differ.</exception>
    /// <exception cref="GoodbyeException">The server stops.</exception>
    public static async Task<GenerationSession> JoinAsync(IFrameChannel channel, RunPlan own, ComputeLane lane, CancellationToken ct)
    {
        try
        {
            await channel.SendAsync(FrameKind.Join, new Join { Version = BuildVersion.Current, Generate = true }, null, ct);
            using var frame = await channel.ExpectAsync(FrameKind.Plan, ct);
            var message = PlanCheck.Read(frame);
            PlanCheck.CompareModels(PlanMessages.FromMessage(message), message.Version, own);
            await channel.SendAsync(FrameKind.PlanAccepted, new PlanAccepted(), null, ct);
            return new GenerationSession(channel, lane, message.PingEveryS, message.RekeyEvery);
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
