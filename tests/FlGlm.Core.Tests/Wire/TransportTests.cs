using System.Net;
using System.Net.Sockets;
using FlGlm.Core.Configuration;
using FlGlm.Core.Crypto;
using FlGlm.Core.Tests.Crypto;
using FlGlm.Core.Wire;
using FlGlm.Core.Wire.Messages;
using FlGlm.Testing;

namespace FlGlm.Core.Tests.Wire;

public sealed class TransportTests : IDisposable
{
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly IPEndPoint AnyPort = new(IPAddress.Loopback, 0);
    private readonly PeerPair _peers = new();

    /// <summary>Loopback sockets do not pace packets, for any default congestion control of the system.</summary>
    [Fact]
    public async Task Loopback_sockets_send_at_once()
    {
        if (!OperatingSystem.IsLinux())
            return;
        using var listening = new TcpListener(AnyPort);
        listening.Start();
        using var client = new TcpClient();
        await client.ConnectAsync((IPEndPoint)listening.LocalEndpoint);
        SocketPipe.TuneConnected(client.Client);

        var name = new byte[16];
        var length = client.Client.GetRawSocketOption((int)SocketOptionLevel.Tcp, SocketPipe.TcpCongestion, name);
        Assert.Equal("reno", System.Text.Encoding.ASCII.GetString(name, 0, length).TrimEnd('\0'));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Tensors_go_there_and_back_over_loopback(bool seal)
    {
        if (!seal)
            _peers.GoInsecure();
        await using var listener = await FrameListener.StartAsync(AnyPort, async (pipe, address, ct) =>
        {
            await using var channel = await Handshake.AcceptAsync(pipe, address, _peers.Server, ct);
            while (true)
            {
                using var frame = await channel.ReceiveAsync(ct);
                if (frame.Kind == FrameKind.Goodbye)
                    return;
                await channel.SendAsync(FrameKind.ForwardReply, new Ping(), new BytesPayload(frame.Payload.ToArray()), ct);
            }
        }, None);

        var pipe = await FrameConnector.ConnectAsync("127.0.0.1", listener.EndPoint.Port, new ConnectSettings(), null, None);
        await using var client = await _peers.ConnectAsync(pipe);
        foreach (var length in new[] { 2, 70_000, 3_000_000, 0 })
        {
            var bytes = BytesPayload.Random(length);
            await client.SendAsync(FrameKind.Forward, new Ping(), new BytesPayload(bytes), None);
            using var reply = await client.ReceiveAsync(None);
            Assert.True(reply.Payload.SequenceEqual(bytes));
        }
        await client.SendAsync(FrameKind.Goodbye, new Goodbye(), null, None);
        await Assert.ThrowsAsync<NetworkException>(async () => await client.ReceiveAsync(None));
    }

    [Fact]
    public async Task Sender_of_too_large_a_frame_gets_a_fault()
    {
        _peers.Server = _peers.Server with { Wire = new WireSettings { MaxFrameBytes = 1 << 20 } };
        await using var listener = await FrameListener.StartAsync(AnyPort, async (pipe, address, ct) =>
        {
            await using var channel = await Handshake.AcceptAsync(pipe, address, _peers.Server, ct);
            await Assert.ThrowsAsync<ProtocolException>(async () => await channel.ReceiveAsync(ct));
        }, None);
        await using var client = await _peers.ConnectAsync(
            await FrameConnector.ConnectAsync("127.0.0.1", listener.EndPoint.Port, new ConnectSettings(), null, None));
        await client.SendAsync(FrameKind.Forward, new Ping(), new BytesPayload(new byte[30_000_000]), None);
        var thrown = await Assert.ThrowsAsync<ProtocolException>(async () => await client.ReceiveAsync(None));
        Assert.Equal((FaultCode.TooLarge, true), (thrown.Code, thrown.FromPeer));
    }

    [Fact]
    public async Task Taken_port_is_named()
    {
        await using var first = await FrameListener.StartAsync(AnyPort, (_, _, _) => Task.CompletedTask, None);
        var thrown = await Assert.ThrowsAsync<NetworkException>(() => FrameListener.StartAsync(first.EndPoint, (_, _, _) => Task.CompletedTask, None));
        Assert.StartsWith($"Port {first.EndPoint.Port} of 127.0.0.1 is taken by another program.", thrown.Message);
    }

    [Fact]
    public async Task Foreign_address_is_named()
    {
        var elsewhere = new IPEndPoint(IPAddress.Parse("192.0.2.1"), 0);
        var thrown = await Assert.ThrowsAsync<NetworkException>(() => FrameListener.StartAsync(elsewhere, (_, _, _) => Task.CompletedTask, None));
        Assert.StartsWith("Cannot listen on 192.0.2.1:0", thrown.Message);
    }

    [Fact]
    public async Task Client_that_starts_first_waits_for_the_server_and_says_so()
    {
        var port = LoopbackPort.Free();
        var attempts = new List<ConnectAttempt>();
        FrameListener? listener = null;
        var pipe = await FrameConnector.ConnectAsync("127.0.0.1", port, new ConnectSettings { FirstDelaySeconds = 0.01 }, attempt =>
        {
            attempts.Add(attempt);
            if (attempt.Number == 2)
                listener = FrameListener.StartAsync(new IPEndPoint(IPAddress.Loopback, port), (_, _, ct) => Task.Delay(-1, ct), None).GetAwaiter().GetResult();
        }, None);
        Assert.Equal([1, 2], attempts.Select(attempt => attempt.Number));
        Assert.Equal(2 * attempts[0].Delay, attempts[1].Delay);
        await pipe.Output.CompleteAsync();
        await listener!.DisposeAsync();
    }

    [Fact]
    public async Task Attempts_end_when_the_server_never_starts()
    {
        var settings = new ConnectSettings { FirstDelaySeconds = 0.01, GiveUpSeconds = 0.02 };
        var thrown = await Assert.ThrowsAsync<NetworkException>(() => FrameConnector.ConnectAsync("127.0.0.1", LoopbackPort.Free(), settings, null, None));
        Assert.StartsWith("No server answers at 127.0.0.1:", thrown.Message);
    }

    /// <summary>The queue of connections that nobody accepts is full, so that the system answers no more of them.</summary>
    [Fact]
    public async Task An_attempt_that_gets_no_answer_ends_when_the_time_is_up()
    {
        if (!OperatingSystem.IsLinux())
            return;
        using var silent = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        silent.Bind(AnyPort);
        silent.Listen(0);
        using var queued = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await queued.ConnectAsync(silent.LocalEndPoint!);
        var settings = new ConnectSettings { GiveUpSeconds = 0.1, FirstAttemptSeconds = 0.1 };

        var thrown = await Assert.ThrowsAsync<NetworkException>(() =>
            FrameConnector.ConnectAsync("127.0.0.1", ((IPEndPoint)silent.LocalEndPoint!).Port, settings, null, None).WaitAsync(TimeSpan.FromSeconds(60)));

        Assert.StartsWith("No server answers at 127.0.0.1:", thrown.Message);
    }

    [Fact]
    public async Task Server_continues_after_an_unknown_connection()
    {
        var served = new TaskCompletionSource<string>();
        await using var listener = await FrameListener.StartAsync(AnyPort, async (pipe, address, ct) =>
        {
            try
            {
                await using var channel = await Handshake.AcceptAsync(pipe, address, _peers.Server, ct);
                served.SetResult(channel.Peer.Name);
            }
            catch (FlGlmException)
            {
                // The unknown connection; the next one is served.
            }
        }, None);
        using (var stranger = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp))
        {
            await stranger.ConnectAsync(listener.EndPoint);
            await stranger.SendAsync(new byte[1000]);
        }
        await using var client = await _peers.ConnectAsync(
            await FrameConnector.ConnectAsync("127.0.0.1", listener.EndPoint.Port, new ConnectSettings(), null, None));
        Assert.Equal("alice", await served.Task);
    }

    public void Dispose() => _peers.Dispose();
}
