using FlGlm.Client.Sessions;
using FlGlm.Core.Configuration;
using FlGlm.Core.Crypto;
using FlGlm.Core.Planning;
using FlGlm.Core.Wire;
using FlGlm.Core.Wire.Messages;
using static TorchSharp.torch;

namespace FlGlm.Client.Tests.Training;

/// <summary>A server whose frames the test sends by hand, and a real client.</summary>
/// <param name="run">gives model and plan; its own server is not used</param>
internal sealed class RawServer(TinyRun run, TinyClient client, IFrameChannel channel) : IAsyncDisposable
{
    public TinyClient Client => client;

    public IFrameChannel Channel => channel;

    public static async Task<RawServer> OpenAsync(TinyRun run, ClientSettings? settings = null)
    {
        var (client, server) = await PairAsync();
        return new RawServer(run, new TinyClient(client, run.OpenStages(), run.Plan, run.Content, 1, settings), server);
    }

    /// <summary>Both ends of a connection without keys.</summary>
    public static async Task<(IFrameChannel Client, IFrameChannel Server)> PairAsync()
    {
        var pair = InMemoryPair.Create();
        var accepting = Handshake.AcceptAsync(pair.Server, "memory", new ChannelOptions { Name = "server" }, default);
        var client = await Handshake.ConnectAsync(pair.Client, "memory", new ChannelOptions { Name = "client" }, default);
        return (client, await accepting);
    }

    /// <summary>The only turn of the run.</summary>
    public Turn Turn => new() { Round = 1, Client = 1, Steps = run.Plan.Training.Steps, TotalSteps = run.Plan.Training.Steps, Last = true };

    public async Task AgreeAsync()
    {
        (await channel.ExpectAsync(FrameKind.Join, default)).Dispose();
        var plan = new Plan { Version = BuildVersion.Current, Settings = PlanText.Write(run.Plan), PingEveryS = 0.02, MaxFrameBytes = 1 << 20 };
        await channel.SendAsync(FrameKind.Plan, plan, null, default);
        (await channel.ExpectAsync(FrameKind.PlanAccepted, default)).Dispose();
        await channel.SendAsync(FrameKind.ContentAgreed, new ContentAgreed(), null, default);
    }

    public async Task BeginTurnAsync()
    {
        await AgreeAsync();
        await channel.SendAsync(FrameKind.Turn, Turn, null, default);
    }

    /// <summary>Receives a request and answers it.</summary>
    public async Task ServeAsync(FrameKind kind, FrameKind reply, long step, float value = 0)
    {
        using var frame = await channel.ExpectAsync(kind, default);
        await ReplyAsync(channel, frame, reply, step, value);
    }

    /// <summary>Answers a request with hidden states or gradients that all have this value.</summary>
    public static async Task ReplyAsync(IFrameChannel channel, Frame request, FrameKind kind, long step, float value)
    {
        using var hidden = full(request.Spec[0], request.Spec[1], value, dtype: float32);
        await channel.SendAsync(kind, new PassDone { Step = step }, new TensorPayload(hidden), default);
    }

    /// <returns>what the client says when it ends the session</returns>
    public Task<ProtocolException> ExpectFaultAsync() => Assert.ThrowsAsync<ProtocolException>(async () =>
    {
        while (true)
            (await channel.ReceiveAsync(default)).Dispose();
    });

    public async ValueTask DisposeAsync()
    {
        await channel.DisposeAsync();
        await client.DisposeAsync();
    }
}
