using FlGlm.Core.Configuration;
using FlGlm.Core.Wire;
using FlGlm.Core.Wire.Messages;

namespace FlGlm.Core.Tests.Wire;

/// <summary>Pings that ask for an answer.</summary>
public sealed class AliveTests : IAsyncDisposable
{
    private static readonly CancellationToken None = CancellationToken.None;
    private readonly PipeFrameChannel _client;
    private readonly PipeFrameChannel _server;

    public AliveTests()
    {
        var pair = InMemoryPair.Create();
        _client = new PipeFrameChannel(pair.Client, FrameDirection.ClientToServer, "client");
        _server = new PipeFrameChannel(pair.Server, FrameDirection.ServerToClient, "server");
        _client.Open(new Peer("server", null, "there"), new WireSettings());
        _server.Open(new Peer("alice", null, "here"), new WireSettings());
    }

    public async ValueTask DisposeAsync()
    {
        await _client.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task A_peer_that_receives_answers()
    {
        await using var here = new FrameInbox(_server);
        await using var there = new FrameInbox(_client);

        Assert.True(await _server.IsAliveAsync(TimeSpan.FromSeconds(120)));
        Assert.True(await _client.IsAliveAsync(TimeSpan.FromSeconds(120)));
    }

    [Fact]
    public async Task A_peer_that_does_not_receive_gives_no_answer()
    {
        await using var here = new FrameInbox(_server);

        Assert.False(await _server.IsAliveAsync(TimeSpan.FromMilliseconds(50)));
    }

    [Fact]
    public async Task A_peer_that_is_gone_gives_no_answer_at_once()
    {
        await using var here = new FrameInbox(_server);
        await _client.DisposeAsync();

        Assert.False(await _server.IsAliveAsync(TimeSpan.FromHours(1)).WaitAsync(TimeSpan.FromSeconds(120), None));
    }

    [Fact]
    public async Task A_connection_that_ends_during_the_wait_gives_no_answer_at_once()
    {
        await using var here = new FrameInbox(_server);
        var asking = _server.IsAliveAsync(TimeSpan.FromHours(1));

        await _client.DisposeAsync();

        Assert.False(await asking.WaitAsync(TimeSpan.FromSeconds(120), None));
    }

    [Fact]
    public async Task A_flood_of_pings_from_a_peer_that_reads_no_answers_does_not_keep_the_receiver_waiting()
    {
        await using var inbox = new FrameInbox(_server);
        var flood = new Ping { Echo = true };
        for (var i = 0; i < 50_000; i++) // their answers are more than the connection holds
            await _client.SendAsync(FrameKind.Ping, flood, null, None);
        await _client.SendAsync(FrameKind.Goodbye, new Goodbye(), null, None);

        await Assert.ThrowsAsync<GoodbyeException>(async () => await inbox.ReceiveAsync(None).AsTask().WaitAsync(TimeSpan.FromSeconds(120), None));
    }
}
