using System.IO.Pipelines;
using System.Net;
using FlGlm.Client.Sessions;
using FlGlm.Client.Tests.Training;
using FlGlm.Core.Configuration;
using FlGlm.Core.Crypto;
using FlGlm.Core.Events;
using FlGlm.Core.Planning;
using FlGlm.Core.Wire;
using FlGlm.Core.Wire.Messages;
using FlGlm.Server.Hosting;
using FlGlm.Testing;
using Google.Protobuf;

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

    /// <summary>A key that is none, or is not known, may be one whose bytes were changed on the way; of sides that have met before it is.</summary>
    [Theory]
    [InlineData(true, false, 5)]
    [InlineData(false, false, 2)]
    [InlineData(false, true, 5, Skip = TestScope.OnlyInAll, SkipType = typeof(TestScope), SkipUnless = nameof(TestScope.IsAll))]
    public async Task A_handshake_with_a_broken_or_unknown_key_is_tried_some_times(bool isBroken, bool isAgain, int tries)
    {
        var connections = 0;
        await using var server = await FrameListener.StartAsync(new IPEndPoint(IPAddress.Loopback, 0), ServeAsync, TestContext.Current.CancellationToken);
        using var folder = new TempFolder();
        new KnownPeers(folder.At("known")).Add(new KnownPeer("server", TestKeys.Identity(2).PublicKey));
        var seal = new SealOptions(TestKeys.Identity(0), new KnownPeers(folder.At("known")), TestKeys.OfClients);
        var settings = new ClientSettings { Connect = server.EndPoint.ToString() };

        var error = await Assert.ThrowsAsync<SealException>(() => isAgain
            ? ServerConnection.ReopenAsync(settings, seal, new RunEvents(), TestContext.Current.CancellationToken)
            : ServerConnection.OpenAsync(settings, seal, new RunEvents(), TestContext.Current.CancellationToken));

        Assert.Equal((tries, ExitCode.Seal, !isBroken), (connections, error.ExitCode, error.IsUnknownIdentity));

        async Task ServeAsync(IDuplexPipe pipe, string address, CancellationToken ct)
        {
            Interlocked.Increment(ref connections);
            await using var channel = new PipeFrameChannel(pipe, FrameDirection.ServerToClient, address);
            (await channel.ExpectAsync(FrameKind.Hello, ct)).Dispose();
            var key = isBroken ? ByteString.CopyFrom(new byte[100]) : TestKeys.Identity(1).PublicKey.ToByteString();
            await channel.SendAsync(FrameKind.Welcome, new Welcome { Sealed = true, Name = "server", Nonce = ByteString.CopyFrom(new byte[32]), SessionId = ByteString.CopyFrom(new byte[16]), IdentityKey = key }, null, ct);
            await Assert.ThrowsAnyAsync<Exception>(async () => (await channel.ReceiveAsync(ct)).Dispose());
        }
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
