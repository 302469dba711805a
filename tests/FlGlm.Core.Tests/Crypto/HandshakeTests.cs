using System.Text;
using FlGlm.Core.Configuration;
using FlGlm.Core.Crypto;
using FlGlm.Core.Wire;
using FlGlm.Core.Wire.Messages;
using FlGlm.Testing;
using Google.Protobuf;

namespace FlGlm.Core.Tests.Crypto;

public sealed class HandshakeTests : IDisposable
{
    private readonly PeerPair _peers = new();

    [Fact]
    public async Task Both_sides_know_each_other_afterwards()
    {
        var (client, server) = await _peers.OpenAsync();
        await using var _ = client;
        await using var __ = server;
        Assert.True(client.Sealed && server.Sealed);
        Assert.Equal(("server", TestKeys.Server.PublicKey.Fingerprint), (client.Peer.Name, client.Peer.Fingerprint));
        Assert.Equal(("alice", TestKeys.Alice.PublicKey.Fingerprint), (server.Peer.Name, server.Peer.Fingerprint));
    }

    [Fact]
    public async Task Name_on_the_list_counts_not_the_one_the_peer_claims()
    {
        _peers.Client = _peers.Client with { Name = "server-admin" };
        var (client, server) = await _peers.OpenAsync();
        await using var _ = client;
        await using var __ = server;
        Assert.Equal("alice", server.Peer.Name);
    }

    [Fact]
    public async Task Unknown_client_is_refused_and_gets_instructions()
    {
        _peers.Client = _peers.Sealed("mallory", TestKeys.Mallory, "client-knows", TestKeys.Server.PublicKey.ToLine("server"));
        var (client, server) = await _peers.RefuseAsync();
        Assert.Contains($"{TestKeys.Mallory.PublicKey.Fingerprint} of 'mallory' is not in '{_peers.At("server-knows")}'", Assert.IsType<SealException>(server).Message);
        Assert.Contains("give its owner the line", Assert.IsType<SealException>(client).Message);
    }

    [Fact]
    public async Task Wrong_pinned_key_is_refused_naming_both()
    {
        _peers.Client = _peers.Sealed("alice", TestKeys.Alice, "client-knows", TestKeys.Mallory.PublicKey.ToLine("server"));
        var (client, server) = await _peers.RefuseAsync();
        Assert.Contains(
            $"expected {TestKeys.Mallory.PublicKey.Fingerprint}, found {TestKeys.Server.PublicKey.Fingerprint}", Assert.IsType<SealException>(client).Message);
        Assert.IsType<SealException>(server);
    }

    [Fact]
    public async Task Someone_elses_public_key_is_not_enough()
    {
        var relay = new Relay(Rewriting<Hello>(FrameKind.Hello, hello => hello.IdentityKey = TestKeys.Alice.PublicKey.ToByteString()));
        _peers.Client = _peers.Sealed("alice", TestKeys.Mallory, "client-knows", TestKeys.Server.PublicKey.ToLine("server"));
        var (_, server) = await _peers.RefuseAsync(relay);
        Assert.IsType<SealException>(server);
    }

    [Fact]
    public async Task Peer_that_only_shows_a_listed_key_is_given_no_period_pair()
    {
        var made = 0;
        await using var pool = new RsaKeyPool(1, () => TestKeys.Remake(ref made));
        _peers.Server = _peers.Server with { Seal = _peers.Server.Seal! with { Keys = pool } };
        var honest = _peers.Client;
        _peers.Client = _peers.Sealed("alice", TestKeys.Mallory, "client-knows", TestKeys.Server.PublicKey.ToLine("server"));
        for (var i = 0; i < 5; i++)
            await _peers.RefuseAsync(new Relay(Rewriting<Hello>(FrameKind.Hello, hello => hello.IdentityKey = TestKeys.Alice.PublicKey.ToByteString())));
        await pool.WarmUpAsync(CancellationToken.None);
        Assert.Equal(1, made);

        _peers.Client = honest;
        var (client, server) = await _peers.OpenAsync();
        await client.DisposeAsync();
        await server.DisposeAsync();
    }

    [Fact]
    public async Task Clients_period_key_swapped_on_the_way_is_noticed_by_the_server()
    {
        var relay = new Relay(Rewriting<RekeyOffer>(FrameKind.RekeyOffer, offer => offer.PeriodKey = TestKeys.Mallory.PublicKey.ToByteString()));
        var (_, server) = await _peers.RefuseAsync(relay);
        Assert.Contains("cannot sign with it", Assert.IsType<SealException>(server).Message);
    }

    [Fact]
    public async Task Servers_period_key_swapped_on_the_way_is_noticed_by_the_client()
    {
        var relay = new Relay(Rewriting<RekeyAnswer>(FrameKind.RekeyAnswer, answer => answer.PeriodKey = TestKeys.Mallory.PublicKey.ToByteString()));
        var (client, _) = await _peers.RefuseAsync(relay);
        Assert.Contains("cannot sign with it", Assert.IsType<SealException>(client).Message);
    }

    [Fact]
    public async Task Wrapped_key_swapped_on_the_way_is_noticed_by_the_server()
    {
        var relay = new Relay(Rewriting<RekeyConfirm>(FrameKind.RekeyConfirm, confirm => confirm.WrappedKey = ByteString.CopyFrom(new byte[384])));
        var (_, server) = await _peers.RefuseAsync(relay);
        Assert.IsType<SealException>(server);
    }

    [Fact]
    public async Task First_period_cannot_be_left_out()
    {
        var relay = new Relay(Rewriting<RekeyOffer>(FrameKind.RekeyOffer, offer => offer.Epoch = 2));
        var (_, server) = await _peers.RefuseAsync(relay);
        Assert.Equal(FaultCode.OutOfOrder, Assert.IsType<ProtocolException>(server).Code);
    }

    [Fact]
    public async Task Recorded_handshake_does_not_open_a_second_session()
    {
        var relay = new Relay();
        var (client, server) = await _peers.OpenAsync(relay);
        await client.DisposeAsync();
        await server.DisposeAsync();

        var replay = InMemoryPair.Create();
        foreach (var (_, bytes) in relay.Seen.Where(frame => frame.Direction == FrameDirection.ClientToServer))
            await replay.Client.Output.WriteAsync(bytes);
        var thrown = await Assert.ThrowsAsync<ProtocolException>(() => _peers.AcceptAsync(replay.Server));
        Assert.Equal(FaultCode.OutOfOrder, thrown.Code);
    }

    [Fact]
    public async Task Recorded_offer_under_a_new_session_id_does_not_verify()
    {
        var first = new Relay();
        var (client, server) = await _peers.OpenAsync(first);
        await client.DisposeAsync();
        await server.DisposeAsync();
        var recorded = first.Seen.First(frame => Relay.KindOf(frame.Bytes) == FrameKind.RekeyOffer).Bytes[FrameHeader.Size..];

        var second = new Relay((_, frame) =>
            Relay.KindOf(frame) == FrameKind.RekeyOffer ? [[.. frame[..FrameHeader.Size], .. recorded]] : [frame]);
        var (_, refusal) = await _peers.RefuseAsync(second);
        Assert.IsType<SealException>(refusal);
    }

    [Fact]
    public async Task Reflected_hello_is_refused()
    {
        var pair = InMemoryPair.Create();
        var connecting = _peers.ConnectAsync(pair.Client);
        var hello = await pair.Server.Input.ReadAsync();
        await pair.Server.Output.WriteAsync(hello.Buffer.First);
        var thrown = await Assert.ThrowsAsync<ProtocolException>(() => connecting);
        Assert.Equal(FaultCode.OutOfOrder, thrown.Code);
    }

    [Fact]
    public async Task Other_version_is_named_on_both_sides()
    {
        var relay = new Relay((_, frame) =>
        {
            frame[4] = 1; // each side receives version 1
            return [frame];
        });
        var (client, server) = await _peers.RefuseAsync(relay);
        foreach (var thrown in new[] { client, server })
        {
            Assert.Equal(FaultCode.VersionMismatch, Assert.IsType<ProtocolException>(thrown).Code);
            Assert.Contains("version 1, this program version 2", thrown.Message);
        }
    }

    [Theory]
    [InlineData(true, "the server was started with --insecure")]
    [InlineData(false, "the client was started with --insecure")]
    public async Task Insecure_needs_both(bool clientSeals, string says)
    {
        if (clientSeals)
            _peers.Server = _peers.Server with { Seal = null };
        else
            _peers.Client = _peers.Client with { Seal = null };
        var (client, server) = await _peers.RefuseAsync();
        Assert.All([client, server], thrown =>
        {
            Assert.Equal(FaultCode.SealMismatch, Assert.IsType<ProtocolException>(thrown).Code);
            Assert.Contains(says, thrown.Message);
        });
    }

    [Fact]
    public async Task Sealing_client_refuses_an_insecure_server()
    {
        _peers.Server = _peers.Server with { Seal = null };
        var relay = new Relay(Rewriting<Hello>(FrameKind.Hello, hello => hello.Sealed = false));
        var accepting = _peers.AcceptAsync(relay.Server);
        var thrown = await Assert.ThrowsAsync<ProtocolException>(() => _peers.ConnectAsync(relay.Client));
        Assert.Equal(FaultCode.SealMismatch, thrown.Code);
        await (await accepting).DisposeAsync();
    }

    [Fact]
    public async Task Silent_peer_is_dropped()
    {
        _peers.Server = _peers.Server with { Wire = new WireSettings { HandshakeTimeoutSeconds = 0.05 } };
        var thrown = await Assert.ThrowsAsync<ProtocolException>(() => _peers.AcceptAsync(InMemoryPair.Create().Server));
        Assert.Equal(FaultCode.Timeout, thrown.Code);
    }

    [Fact]
    public async Task Time_out_that_no_timer_accepts_is_sent_to_the_peer_as_a_fault()
    {
        _peers.Server = _peers.Server with { Wire = new WireSettings { HandshakeTimeoutSeconds = 1e9 } };
        var (client, server) = await _peers.RefuseAsync();
        Assert.IsType<ArgumentOutOfRangeException>(server);
        Assert.Equal((FaultCode.Internal, true), (Assert.IsType<ProtocolException>(client).Code, ((ProtocolException)client).FromPeer));
    }

    [Fact]
    public async Task Stranger_of_another_protocol_is_dropped()
    {
        var pair = InMemoryPair.Create();
        await pair.Client.Output.WriteAsync(Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\nHost: an-example-of-a-web-page.example\r\nAccept: */*\r\n\r\n"));
        var thrown = await Assert.ThrowsAsync<ProtocolException>(() => _peers.AcceptAsync(pair.Server));
        Assert.Equal(FaultCode.NotThisProtocol, thrown.Code);
    }

    [Fact]
    public async Task Long_hello_is_refused()
    {
        var pair = InMemoryPair.Create();
        var stranger = new PipeFrameChannel(pair.Client, FrameDirection.ClientToServer, "");
        await stranger.SendAsync(FrameKind.Hello, new Hello { Nonce = ByteString.CopyFrom(new byte[20_000]) }, null, CancellationToken.None);
        var thrown = await Assert.ThrowsAsync<ProtocolException>(() => _peers.AcceptAsync(pair.Server));
        Assert.Equal(FaultCode.TooLarge, thrown.Code);
    }

    [Fact]
    public async Task Mutated_hello_is_refused_by_name_or_answered()
    {
        var relay = new Relay();
        var (client, server) = await _peers.OpenAsync(relay);
        await client.DisposeAsync();
        await server.DisposeAsync();
        var hello = relay.Seen[0].Bytes;
        var random = new Random(3);
        for (var i = 0; i < 200; i++)
        {
            var mutated = (byte[])hello.Clone();
            for (var n = random.Next(1, 4); n > 0; n--)
                mutated[random.Next(mutated.Length)] ^= (byte)(1 << random.Next(8));
            var pair = InMemoryPair.Create();
            await pair.Client.Output.WriteAsync(mutated);
            await pair.Client.Output.CompleteAsync();
            await Assert.ThrowsAnyAsync<FlGlmException>(() => _peers.AcceptAsync(pair.Server));
        }
    }

    [Fact]
    public async Task First_use_records_a_key_once_with_a_warning_and_then_pins_it()
    {
        var recorded = new List<KnownPeer>();
        var list = new KnownPeers(_peers.At("new-list"), PeerTrust.FirstUse, recorded.Add);
        _peers.Client = _peers.Client with { Seal = new SealOptions(TestKeys.Alice, list, TestKeys.Pool) };
        for (var i = 0; i < 2; i++)
        {
            var (client, server) = await _peers.OpenAsync();
            await client.DisposeAsync();
            await server.DisposeAsync();
        }
        Assert.Equal([new KnownPeer("server", TestKeys.Server.PublicKey)], recorded);

        _peers.Server = _peers.Sealed("server", TestKeys.Mallory, "server-knows", TestKeys.Alice.PublicKey.ToLine("alice"));
        var (refusal, _) = await _peers.RefuseAsync();
        Assert.Contains("another identity key than the pinned one", refusal.Message);
    }

    public void Dispose() => _peers.Dispose();

    private static Func<FrameDirection, byte[], IEnumerable<byte[]>> Rewriting<T>(FrameKind kind, Action<T> change) where T : IMessage, new() =>
        (_, frame) =>
        {
            if (Relay.KindOf(frame) != kind)
                return [frame];
            var message = new T();
            message.MergeFrom(frame.AsSpan(FrameHeader.Size));
            change(message);
            var header = frame[..FrameHeader.Size];
            BitConverter.TryWriteBytes(header.AsSpan(64), message.CalculateSize());
            return [[.. header, .. message.ToByteArray()]];
        };
}
