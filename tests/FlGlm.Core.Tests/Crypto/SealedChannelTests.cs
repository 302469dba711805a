using FlGlm.Core.Configuration;
using FlGlm.Core.Tests.Wire;
using FlGlm.Core.Wire;
using FlGlm.Core.Wire.Messages;
using FlGlm.Testing;

namespace FlGlm.Core.Tests.Crypto;

public sealed class SealedChannelTests : IDisposable
{
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly byte[] Tensor = BytesPayload.Random(100_000);
    private readonly PeerPair _peers = new();

    [Fact]
    public async Task Sealed_frames_arrive_both_ways()
    {
        var (client, server) = await _peers.OpenAsync();
        await using var _ = client;
        await using var __ = server;
        for (var i = 0; i < 3; i++)
        {
            await AssertArrivesAsync(client, server);
            await AssertArrivesAsync(server, client);
        }
        Assert.Equal(client.BytesSent, server.BytesReceived);
        Assert.Equal(server.BytesSent, client.BytesReceived);
    }

    [Theory]
    [InlineData(7)] // direction
    [InlineData(8)] // session
    [InlineData(24)] // sequence
    [InlineData(32)] // key period
    [InlineData(36)] // element type: bfloat16 for float16, as long
    [InlineData(68)] // control
    [InlineData(80)] // the control's tag
    [InlineData(1_000)] // first segment
    [InlineData(-20)] // last segment
    [InlineData(-1)] // the last segment's tag
    public async Task Changed_byte_ends_the_channel(int position)
    {
        var thrown = await AttackAsync((frames, frame) =>
        {
            frame[position < 0 ? frame.Length + position : position] ^= 1;
            frames.Add(frame);
        });
        Assert.True(thrown is SealException or ProtocolException { FromPeer: false }, thrown.Message);
    }

    [Fact]
    public async Task Changed_dims_of_the_same_length_end_the_channel()
    {
        var thrown = await AttackAsync((frames, frame) =>
        {
            frame[37] = 2;
            BitConverter.TryWriteBytes(frame.AsSpan(40), Tensor.Length / 4);
            BitConverter.TryWriteBytes(frame.AsSpan(44), 2);
            frames.Add(frame);
        });
        Assert.IsType<SealException>(thrown);
    }

    [Fact]
    public async Task Replayed_frame_ends_the_channel() => AssertOutOfOrder(await AttackAsync((frames, frame) =>
    {
        frames.Add(frame);
        frames.Add(frame);
    }));

    [Fact]
    public async Task Dropped_frame_ends_the_channel() => AssertOutOfOrder(await AttackAsync((_, _) => { }));

    [Fact]
    public async Task Replayed_frame_with_the_number_that_is_due_does_not_open()
    {
        var thrown = await AttackAsync((frames, frame) =>
        {
            frames.Add([.. frame]);
            frame[24]++;
            frames.Add(frame);
        });
        Assert.IsType<SealException>(thrown);
    }

    [Fact]
    public async Task Swapped_frames_end_the_channel()
    {
        byte[]? held = null;
        var thrown = await AttackAsync((frames, frame) =>
        {
            if (held is not null)
                frames.AddRange([frame, held]);
            held = frame;
        });
        AssertOutOfOrder(thrown);
    }

    [Fact]
    public async Task Swapped_segments_do_not_open()
    {
        const int sealedSegment = Segment.Bytes + IFrameCipher.TagBytes;
        var thrown = await AttackAsync(
            (frames, frame) =>
            {
                var body = frame.Length - (2 * sealedSegment);
                frames.Add([.. frame[..body], .. frame[(body + sealedSegment)..], .. frame[body..(body + sealedSegment)]]);
            },
            new byte[2 * Segment.Bytes]);
        Assert.IsType<SealException>(thrown);
    }

    [Fact]
    public async Task Frame_cut_short_ends_the_channel()
    {
        var thrown = await AttackAsync((frames, frame) => frames.AddRange([frame[..^20], []]));
        Assert.Equal(FaultCode.Truncated, Assert.IsType<ProtocolException>(thrown).Code);
    }

    [Fact]
    public async Task Frame_sent_back_to_its_sender_does_not_open()
    {
        var held = new TaskCompletionSource<byte[]>();
        var relay = new Relay((_, frame) =>
        {
            if (Relay.KindOf(frame) != FrameKind.Turn)
                return [frame];
            held.SetResult(frame);
            return [];
        });
        var (client, server) = await _peers.OpenAsync(relay);
        await using var _ = client;
        await using var __ = server;
        await client.SendAsync(FrameKind.Turn, new Ping(), null, None);
        var frame = await held.Task;
        frame[7] = (byte)FrameDirection.ServerToClient;
        frame[24] = 3; // the expected number: the server has sent Welcome, RekeyAnswer and Ready
        await relay.ForgeAsync(frame);
        await Assert.ThrowsAsync<SealException>(async () => await client.ReceiveAsync(None));
    }

    [Fact]
    public async Task Capture_shows_a_planted_marker_only_without_the_seal()
    {
        var marker = BytesPayload.Random(4096, seed: 77);
        byte[] planted = [.. new byte[100_000], .. marker, .. new byte[100_000]];

        Assert.Equal(-1, (await CaptureAsync(planted)).AsSpan().IndexOf(marker.AsSpan(0, 16)));
        _peers.GoInsecure();
        Assert.NotEqual(-1, (await CaptureAsync(planted)).AsSpan().IndexOf(marker));
    }

    [Fact]
    public async Task Sealed_zeros_look_like_noise()
    {
        var capture = await CaptureAsync(new byte[1 << 20]);
        var counts = new int[256];
        foreach (var value in capture)
            counts[value]++;
        var entropy = counts.Where(count => count > 0).Select(count => (double)count / capture.Length).Sum(p => -p * Math.Log2(p));
        Assert.InRange(entropy, 7.99, 8);
    }

    [Fact]
    public async Task Insecure_channel_carries_the_same_frames()
    {
        _peers.GoInsecure();
        var (client, server) = await _peers.OpenAsync();
        await using var _ = client;
        await using var __ = server;
        Assert.False(client.Sealed || server.Sealed);
        await AssertArrivesAsync(client, server);
        await AssertArrivesAsync(server, client);
    }

    public void Dispose() => _peers.Dispose();

    private static async Task AssertArrivesAsync(IFrameChannel from, IFrameChannel to)
    {
        var sending = from.SendAsync(FrameKind.Forward, new Fault { Text = "layout" }, new BytesPayload(Tensor), None);
        using var frame = await to.ReceiveAsync(None);
        await sending;
        Assert.Equal("layout", frame.Parse<Fault>().Text);
        Assert.True(frame.Payload.SequenceEqual(Tensor));
    }

    private static void AssertOutOfOrder(Exception thrown) =>
        Assert.Equal(FaultCode.OutOfOrder, Assert.IsType<ProtocolException>(thrown).Code);

    private async Task<byte[]> CaptureAsync(byte[] tensor)
    {
        var relay = new Relay();
        var (client, server) = await _peers.OpenAsync(relay);
        await using var _ = client;
        await using var __ = server;
        var sending = client.SendAsync(FrameKind.Forward, new Ping(), new BytesPayload(tensor), None);
        (await server.ReceiveAsync(None)).Dispose();
        await sending;
        return relay.Capture();
    }

    /// <summary>Sends three frames through an attacker and returns the server's exception, which every later call must throw again.</summary>
    private async Task<Exception> AttackAsync(Action<List<byte[]>, byte[]> attack, byte[]? tensor = null)
    {
        var relay = new Relay((_, frame) =>
        {
            if (Relay.KindOf(frame) != FrameKind.Forward)
                return [frame];
            var passed = new List<byte[]>();
            attack(passed, frame);
            return passed;
        });
        var (client, server) = await _peers.OpenAsync(relay);
        await using var _ = client;
        await using var __ = server;
        for (var i = 0; i < 2; i++)
            await client.SendAsync(FrameKind.Forward, new Ping(), new BytesPayload(tensor ?? Tensor), None);
        await client.SendAsync(FrameKind.RoundEnd, new Ping(), null, None);
        async Task TakeAllAsync()
        {
            while (true)
                (await server.ReceiveAsync(None)).Dispose();
        }

        var thrown = await Record.ExceptionAsync(TakeAllAsync);
        Assert.NotNull(thrown);
        Assert.Same(thrown, await Record.ExceptionAsync(async () => await server.ReceiveAsync(None)));
        Assert.Same(thrown, await Record.ExceptionAsync(async () => await server.SendAsync(FrameKind.Turn, new Ping(), null, None)));
        return thrown;
    }
}
