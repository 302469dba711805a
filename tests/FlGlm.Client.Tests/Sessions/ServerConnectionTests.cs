using FlGlm.Client.Sessions;
using FlGlm.Client.Tests.Training;
using FlGlm.Core.Configuration;
using FlGlm.Core.Events;
using FlGlm.Core.Planning;
using FlGlm.Core.Wire;
using FlGlm.Core.Wire.Messages;
using FlGlm.Server.Hosting;
using FlGlm.Testing;

namespace FlGlm.Client.Tests.Sessions;

public sealed class ServerConnectionTests
{
    [Fact]
    public async Task A_frame_above_the_clients_own_limit_is_refused_by_the_clients_own_key()
    {
        await using var run = new TinyRun(TinyRun.Settings(), overTcp: true);
        var settings = new ClientSettings { Connect = (await run.Listening).ToString(), MaxFrameBytes = 1024 };
        await using var channel = await ServerConnection.OpenAsync(settings, seal: null, new RunEvents(), default);
        await channel.SendAsync(FrameKind.Join, new Join { Version = BuildVersion.Current, Generate = true }, null, default);
        (await channel.ExpectAsync(FrameKind.Plan, default)).Dispose();
        await channel.SendAsync(FrameKind.PlanAccepted, new PlanAccepted(), null, default);
        (await channel.ExpectAsync(FrameKind.ContentAgreed, default)).Dispose();

        await channel.SendAsync(FrameKind.Prefill, new Pass { Step = 1, Lengths = { 17 } }, RawClient.Hidden(17), default);

        var refusal = await Assert.ThrowsAsync<ProtocolException>(async () => await channel.ExpectAsync(FrameKind.ForwardReply, default));
        Assert.Equal(FaultCode.TooLarge, refusal.Code);
        Assert.Contains("client.max_frame_bytes", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_longest_times_that_settings_allow_serve_a_client()
    {
        var longest = new ServerSettings { HandshakeTimeoutS = 1e6, PeerTimeoutS = 1e6, GenerateTimeoutS = 1e6 };
        Assert.Empty(longest.Validate());
        await using var run = new TinyRun(TinyRun.Settings(steps: 1), server: longest);
        var client = await run.ConnectAsync();

        Assert.Equal(1, (await client.RunAsync()).Steps);
    }

    [Fact]
    public async Task An_unexpected_failure_is_reported_in_a_line_and_sent_to_the_peer()
    {
        await using var run = new TinyRun(TinyRun.Settings(), server: new ServerSettings { HandshakeTimeoutS = 1e9 });

        var told = await Assert.ThrowsAsync<ProtocolException>(() => run.OpenAsync("unlucky", new Relay()));

        Assert.Equal((FaultCode.Internal, true), (told.Code, told.FromPeer));
        Assert.NotEmpty(await run.Seen.Lost);
        Assert.Contains("unlucky lost", run.Seen.Events);
        Assert.False(run.Served.IsCompleted);
    }
}
