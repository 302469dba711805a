using System.IO.Pipelines;
using FlGlm.Core.Crypto;
using FlGlm.Core.Wire;
using FlGlm.Testing;

namespace FlGlm.Core.Tests.Crypto;

/// <summary>A server and a client with each other's keys, unless a test changes that.</summary>
internal sealed class PeerPair : IDisposable
{
    private readonly TempFolder _folder = new();

    public PeerPair()
    {
        Server = Sealed("server", TestKeys.Server, "server-knows", TestKeys.Alice.PublicKey.ToLine("alice"));
        Client = Sealed("alice", TestKeys.Alice, "client-knows", TestKeys.Server.PublicKey.ToLine("server"));
    }

    public ChannelOptions Server { get; set; }

    public ChannelOptions Client { get; set; }

    public ChannelOptions Sealed(string name, IdentityKey key, string list, params string[] lines) => new()
    {
        Name = name,
        Seal = new SealOptions(key, new KnownPeers(_folder.Write(list, string.Join("\n", lines) + "\n")), TestKeys.Pool),
    };

    public string At(string name) => _folder.At(name);

    public void GoInsecure() => (Server, Client) = (Server with { Seal = null }, Client with { Seal = null });

    public Task<IFrameChannel> AcceptAsync(IDuplexPipe pipe) => Handshake.AcceptAsync(pipe, "there", Server, CancellationToken.None);

    public Task<IFrameChannel> ConnectAsync(IDuplexPipe pipe) => Handshake.ConnectAsync(pipe, "here", Client, CancellationToken.None);

    /// <summary>Both ends of an open channel, through a relay where one is given.</summary>
    public async Task<(IFrameChannel Client, IFrameChannel Server)> OpenAsync(Relay? relay = null)
    {
        relay ??= new Relay();
        var accepting = AcceptAsync(relay.Server);
        var client = await ConnectAsync(relay.Client);
        return (client, await accepting);
    }

    /// <summary>The exceptions of both sides of a handshake that must fail.</summary>
    public async Task<(Exception Client, Exception Server)> RefuseAsync(Relay? relay = null)
    {
        relay ??= new Relay();
        var accepting = Record.ExceptionAsync(() => AcceptAsync(relay.Server));
        var connecting = Record.ExceptionAsync(() => ConnectAsync(relay.Client));
        var (client, server) = (await connecting, await accepting);
        Assert.NotNull(client);
        Assert.NotNull(server);
        return (client, server);
    }

    public void Dispose() => _folder.Dispose();
}
