using FlGlm.Core.Configuration;

namespace FlGlm.Core.Tests.Crypto;

/// <summary>A client that means one of the servers that it knows (client.server).</summary>
public sealed class ServerNameTests : IDisposable
{
    private readonly PeerPair _peers = new();

    public ServerNameTests() => _peers.Client = _peers.Sealed(
        "alice", TestKeys.Alice, "client-knows-two", TestKeys.Server.PublicKey.ToLine("lab"), TestKeys.Mallory.PublicKey.ToLine("hospital"));

    public void Dispose() => _peers.Dispose();

    [Fact]
    public async Task Another_known_server_is_refused_and_both_are_named()
    {
        _peers.Client = _peers.Client with { Peer = "hospital" };

        var (client, _) = await _peers.RefuseAsync();

        var refusal = Assert.IsType<SealException>(client);
        Assert.Contains("is 'lab'; this client means 'hospital' (client.server)", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(6, (int)refusal.ExitCode);
    }

    [Theory]
    [InlineData("lab")]
    [InlineData("")]
    public async Task The_server_that_the_client_means_is_accepted(string name)
    {
        _peers.Client = _peers.Client with { Peer = name };

        var (client, server) = await _peers.OpenAsync();

        Assert.Equal("lab", client.Peer.Name);
        await client.DisposeAsync();
        await server.DisposeAsync();
    }
}
