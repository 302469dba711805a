using System.Security.Cryptography;
using FlGlm.Core.Configuration;
using FlGlm.Core.Crypto;
using FlGlm.Core.Tests.Wire;
using FlGlm.Core.Wire;
using FlGlm.Core.Wire.Messages;
using FlGlm.Testing;

namespace FlGlm.Core.Tests.Crypto;

public sealed class KeyRenewalTests : IDisposable
{
    private const int Steps = 500;
    private static readonly CancellationToken None = CancellationToken.None;
    private readonly PeerPair _peers = new();

    /// <summary>1,000 frames of steps, a new period every 25 steps, and pings and queue notices from the server in between.</summary>
    [Fact]
    public async Task No_step_is_lost_or_reordered_while_keys_change()
    {
        var (client, server) = await _peers.OpenAsync();
        await using var _ = client;
        await using var __ = server;
        using var enough = new CancellationTokenSource();
        var serving = Task.WhenAll(ServeAsync(server), NoticeAsync(server, enough.Token));
        for (var step = 0; step < Steps; step++)
        {
            if (step % 25 == 0)
                await client.RekeyAsync(None);
            await client.SendAsync(FrameKind.Forward, new RekeyConfirm { Epoch = (uint)step }, new BytesPayload(BytesPayload.Random(2_000, step)), None);
            using var reply = await ReplyAsync(client);
            Assert.Equal((uint)step, reply.Parse<RekeyConfirm>().Epoch);
            Assert.True(reply.Payload.SequenceEqual(BytesPayload.Random(2_000, step)));
        }
        await enough.CancelAsync();
        await serving;
        Assert.Equal(1u + (Steps / 25), Assert.IsType<SealedChannel>(client).Epoch);
        Assert.Equal(1u + (Steps / 25), Assert.IsType<SealedChannel>(server).Epoch);
    }

    [Fact]
    public async Task Frame_of_the_old_period_is_refused_after_the_change()
    {
        byte[]? old = null;
        var relay = new Relay((_, frame) =>
        {
            if (Relay.KindOf(frame) == FrameKind.Turn)
                old ??= frame;
            return Relay.KindOf(frame) == FrameKind.RoundEnd ? [At(frame, old!)] : [frame];
        });
        var (client, server) = await _peers.OpenAsync(relay);
        await using var _ = client;
        await using var __ = server;
        await client.SendAsync(FrameKind.Turn, new Ping(), null, None);
        await RenewAsync(client, server, FrameKind.Turn);
        await client.SendAsync(FrameKind.RoundEnd, new Ping(), null, None);
        var thrown = await Assert.ThrowsAsync<ProtocolException>(async () => await server.ReceiveAsync(None));
        Assert.Contains("is of key period 1, not 2", thrown.Message);
    }

    [Fact]
    public async Task Requested_period_is_not_requested_twice()
    {
        var (client, server) = await _peers.OpenAsync();
        await using var _ = client;
        await using var __ = server;
        await client.RekeyAsync(None);
        await client.RekeyAsync(None);
        await client.SendAsync(FrameKind.Turn, new Ping(), null, None);
        await RenewAsync(client, server, FrameKind.Turn);
        Assert.Equal(2u, Assert.IsType<SealedChannel>(client).Epoch);
    }

    [Fact]
    public async Task Answer_nobody_asked_for_ends_the_channel()
    {
        var (client, server) = await _peers.OpenAsync();
        await using var _ = client;
        await using var __ = server;
        await server.SendAsync(FrameKind.RekeyAnswer, new RekeyAnswer { Epoch = 2 }, null, None);
        var thrown = await Assert.ThrowsAsync<ProtocolException>(async () => await client.ReceiveAsync(None));
        Assert.Equal(FaultCode.Unexpected, thrown.Code);
    }

    [Fact]
    public async Task Offer_that_the_identity_did_not_sign_ends_the_channel()
    {
        var (client, server) = await _peers.OpenAsync();
        await using var _ = client;
        await using var __ = server;
        await client.SendAsync(FrameKind.RekeyOffer, new RekeyOffer { Epoch = 2 }, null, None);
        await Assert.ThrowsAsync<SealException>(async () => await server.ReceiveAsync(None));
        await Assert.ThrowsAsync<SealException>(async () => await client.ReceiveAsync(None));
    }

    [Fact]
    public async Task Keys_of_a_period_are_made_ahead()
    {
        await using var pool = new RsaKeyPool(1);
        using var first = await pool.TakeAsync(None);
        using var second = await pool.TakeAsync(None);
        Assert.NotEqual(first.PublicKey, second.PublicKey);
        var key = BytesPayload.Random(FrameSealer.KeyBytes);
        Assert.Equal(key, first.Unwrap(RsaKeyPair.Wrap(first.PublicKey, key).Span));
        Assert.Throws<SealException>(() => second.Unwrap(RsaKeyPair.Wrap(first.PublicKey, key).Span));
    }

    /// <summary>An even number of 3,072 bits reads as a public key and encrypts nothing.</summary>
    [Fact]
    public void Period_key_that_wraps_nothing_is_refused_by_name()
    {
        var modulus = new byte[RsaKeyPair.KeyBits / 8];
        modulus[0] = 0x80;
        using var rsa = RSA.Create(new RSAParameters { Modulus = modulus, Exponent = [3] });
        var key = rsa.ExportSubjectPublicKeyInfo();
        var thrown = Assert.Throws<SealException>(() => RsaKeyPair.Wrap(key, BytesPayload.Random(FrameSealer.KeyBytes)));
        Assert.IsAssignableFrom<CryptographicException>(thrown.InnerException);
    }

    public void Dispose() => _peers.Dispose();

    /// <summary>An old frame with its seal and period, but with the expected sequence number.</summary>
    private static byte[] At(byte[] due, byte[] old) => [.. old[..24], .. due[24..32], .. old[32..]];

    /// <summary>Receives on both sides until the client's next frame and the server's answer to it have arrived.</summary>
    private static async Task RenewAsync(IFrameChannel client, IFrameChannel server, FrameKind pending)
    {
        using (var first = await server.ReceiveAsync(None))
            Assert.Equal(pending, first.Kind);
        await client.RekeyAsync(None);
        var serving = server.ReceiveAsync(None).AsTask();
        var receiving = client.ReceiveAsync(None).AsTask();
        while (Assert.IsType<SealedChannel>(client).Epoch == 1)
            await Task.Delay(1);
        await client.SendAsync(FrameKind.Turn, new Ping(), null, None);
        (await serving).Dispose();
        await server.SendAsync(FrameKind.Turn, new Ping(), null, None);
        (await receiving).Dispose();
    }

    private static async Task ServeAsync(IFrameChannel server)
    {
        for (var step = 0; step < Steps; step++)
        {
            using var frame = await server.ReceiveAsync(None);
            await server.SendAsync(FrameKind.ForwardReply, frame.Parse<RekeyConfirm>(), new BytesPayload(frame.Payload.ToArray()), None);
        }
    }

    private static async Task NoticeAsync(IFrameChannel server, CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            await server.SendAsync(FrameKind.Queue, new Ping(), null, None);
            await server.SendAsync(FrameKind.Ping, new Ping(), null, None);
            await Task.Delay(1, None);
        }
    }

    private static async Task<Frame> ReplyAsync(IFrameChannel client)
    {
        while (true)
        {
            var frame = await client.ReceiveAsync(None);
            if (frame.Kind != FrameKind.Queue)
                return frame;
            frame.Dispose();
        }
    }
}
