using FlGlm.Core.Checkpoints;
using FlGlm.Core.Configuration;
using FlGlm.Core.Wire;
using FlGlm.Core.Wire.Messages;

namespace FlGlm.Core.Tests.Wire;

public sealed class PipeFrameChannelTests : IAsyncDisposable
{
    private static readonly CancellationToken None = CancellationToken.None;
    private readonly InMemoryPair _pair = InMemoryPair.Create();
    private readonly PipeFrameChannel _client;
    private readonly PipeFrameChannel _server;

    public PipeFrameChannelTests()
    {
        _client = new PipeFrameChannel(_pair.Client, FrameDirection.ClientToServer, "client");
        _server = new PipeFrameChannel(_pair.Server, FrameDirection.ServerToClient, "server");
        _client.Open(new Peer("server", null, "there"), new WireSettings());
        _server.Open(new Peer("alice", null, "here"), new WireSettings { PeerTimeoutSeconds = 20 });
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(Segment.Bytes)]
    [InlineData(Segment.Bytes + 2)]
    [InlineData((40 * Segment.Bytes) - 2)]
    public async Task Frame_arrives_as_sent(int length)
    {
        var bytes = BytesPayload.Random(length);
        var sending = _client.SendAsync(FrameKind.Forward, new Fault { Text = "h" }, new BytesPayload(bytes), None);
        using var frame = await _server.ReceiveAsync(None);
        await sending;

        Assert.Equal(FrameKind.Forward, frame.Kind);
        Assert.Equal(PayloadSpec.Of(ElementType.F16, length / 2), frame.Spec);
        Assert.Equal("h", frame.Parse<Fault>().Text);
        Assert.True(frame.Payload.SequenceEqual(bytes));
        Assert.Equal(_client.BytesSent, _server.BytesReceived);
        Assert.Equal(FrameHeader.Size + 3 + length, _client.BytesSent);
    }

    [Fact]
    public async Task Senders_on_many_threads_do_not_mix_their_frames()
    {
        var sending = Task.WhenAll(Enumerable.Range(1, 4).Select(sender => Task.Run(async () =>
        {
            for (var i = 0; i < 25; i++)
                await _client.SendAsync(FrameKind.Forward, new Ping(), new BytesPayload(BytesPayload.Random(100_000, sender)), None);
        })));
        var expected = Enumerable.Range(1, 4).Select(sender => BytesPayload.Random(100_000, sender)).ToArray();
        for (var i = 0; i < 100; i++)
        {
            using var frame = await _server.ReceiveAsync(None);
            Assert.Contains(expected, bytes => bytes.AsSpan().SequenceEqual(frame.Payload));
        }
        await sending;
    }

    [Fact]
    public async Task Ping_is_not_handed_on()
    {
        await _client.SendAsync(FrameKind.Ping, new Ping(), null, None);
        await _client.SendAsync(FrameKind.Goodbye, new Goodbye(), null, None);
        using var frame = await _server.ReceiveAsync(None);
        Assert.Equal(FrameKind.Goodbye, frame.Kind);
    }

    [Fact]
    public async Task Fault_is_thrown_in_one_harmless_line_and_again_ever_after()
    {
        await _client.SendAsync(FrameKind.Fault, new Fault { Code = (uint)FaultCode.WrongStep, Text = "step 3\n\u001b[31mred" }, null, None);
        var thrown = await Assert.ThrowsAsync<ProtocolException>(async () => await _server.ReceiveAsync(None));
        Assert.True(thrown.FromPeer);
        Assert.Equal(FaultCode.WrongStep, thrown.Code);
        Assert.Equal("'alice' (here) ended the session: step 3  [31mred", thrown.Message);
        Assert.Same(thrown, await Assert.ThrowsAsync<ProtocolException>(async () => await _server.ReceiveAsync(None)));
        Assert.Same(thrown, await Assert.ThrowsAsync<ProtocolException>(async () => await _server.SendAsync(FrameKind.Ping, new Ping(), null, None)));
    }

    [Fact]
    public async Task Cancelled_wait_leaves_the_channel_alive()
    {
        using var cancel = new CancellationTokenSource();
        var waiting = _server.ReceiveAsync(cancel.Token).AsTask();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);

        await _client.SendAsync(FrameKind.Goodbye, new Goodbye(), null, None);
        using var frame = await _server.ReceiveAsync(None);
        Assert.Equal(FrameKind.Goodbye, frame.Kind);
    }

    [Fact]
    public async Task Peer_that_went_away_is_named()
    {
        await _client.DisposeAsync();
        var thrown = await Assert.ThrowsAsync<NetworkException>(async () => await _server.ReceiveAsync(None));
        Assert.Equal("'alice' (here) closed the connection without a Goodbye.", thrown.Message);
    }

    [Fact]
    public async Task Frame_cut_short_is_a_truncation()
    {
        await _pair.Client.Output.WriteAsync(HeaderOf(FrameKind.Forward, elements: 100));
        await _pair.Client.Output.CompleteAsync();
        var thrown = await Assert.ThrowsAsync<ProtocolException>(async () => await _server.ReceiveAsync(None));
        Assert.Equal(FaultCode.Truncated, thrown.Code);
    }

    [Fact]
    public async Task Frame_above_the_limit_is_refused_before_anything_is_allocated_and_the_sender_is_told()
    {
        _server.Open(_server.Peer, new WireSettings { MaxFrameBytes = 1 << 20 });
        var before = GC.GetTotalAllocatedBytes(precise: true);
        await _pair.Client.Output.WriteAsync(HeaderOf(FrameKind.Forward, elements: 1 << 28));
        var thrown = await Assert.ThrowsAsync<ProtocolException>(async () => await _server.ReceiveAsync(None));
        Assert.Equal(FaultCode.TooLarge, thrown.Code);
        Assert.InRange(GC.GetTotalAllocatedBytes(precise: true) - before, 0, 1 << 28);

        var told = await Assert.ThrowsAsync<ProtocolException>(async () => await _client.ReceiveAsync(None));
        Assert.Equal((FaultCode.TooLarge, true), (told.Code, told.FromPeer));
    }

    [Fact]
    public async Task Silent_peer_is_disconnected()
    {
        _server.Open(_server.Peer, new WireSettings { PeerTimeoutSeconds = 0.05 });
        var thrown = await Assert.ThrowsAsync<NetworkException>(async () => await _server.ReceiveAsync(None));
        Assert.Contains("nothing was received for", thrown.Message);
    }

    [Fact]
    public async Task Before_the_handshake_no_tensor_is_accepted()
    {
        var pair = InMemoryPair.Create();
        await using var stranger = new PipeFrameChannel(pair.Server, FrameDirection.ServerToClient, "stranger");
        await pair.Client.Output.WriteAsync(HeaderOf(FrameKind.Forward, elements: 1));
        var thrown = await Assert.ThrowsAsync<ProtocolException>(async () => await stranger.ReceiveAsync(None));
        Assert.Equal(FaultCode.TooLarge, thrown.Code);
    }

    [Fact]
    public async Task Control_part_that_does_not_parse_is_malformed()
    {
        await _pair.Client.Output.WriteAsync((byte[])[.. HeaderOf(FrameKind.Turn, elements: 0, control: 1), 0x0A]); // a field that ends before its length
        using var frame = await _server.ReceiveAsync(None);
        var thrown = Assert.Throws<ProtocolException>(() => frame.Parse<Fault>());
        Assert.Equal(FaultCode.Malformed, thrown.Code);
    }

    [Fact]
    public async Task Closing_wakes_the_receiver()
    {
        var waiting = _server.ReceiveAsync(None).AsTask();
        await _server.DisposeAsync();
        await Assert.ThrowsAsync<NetworkException>(() => waiting);
    }

    public async ValueTask DisposeAsync()
    {
        await _client.DisposeAsync();
        await _server.DisposeAsync();
    }

    private static byte[] HeaderOf(FrameKind kind, uint elements, int control = 0)
    {
        var bytes = new byte[FrameHeader.Size];
        new FrameHeader(kind, FrameDirection.ClientToServer, Guid.Empty, 0, 0, PayloadSpec.Of(ElementType.F32, elements), control).Write(bytes);
        return bytes;
    }
}
