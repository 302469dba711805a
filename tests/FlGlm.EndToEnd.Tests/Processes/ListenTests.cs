using System.Net;
using System.Net.Sockets;

namespace FlGlm.EndToEnd.Tests.Processes;

/// <summary>Every form of address that a server may listen on and a client connect to.</summary>
public sealed class ListenTests
{
    [Theory]
    [InlineData("127.0.0.1", "127.0.0.1")]
    [InlineData("0.0.0.0", "127.0.0.1")]
    [InlineData("0.0.0.0", "localhost")]
    [InlineData("localhost", "localhost")]
    [InlineData("[::]", "[::1]")]
    [InlineData("[::]", "127.0.0.1")]
    [InlineData("[::1]", "[::1]")]
    public async Task A_client_reaches_a_server_that_listens(string listen, string connect)
    {
        Assert.SkipUnless(Socket.OSSupportsIPv6 || !(listen + connect).Contains(':', StringComparison.Ordinal), "this machine has no IPv6");
        using var folder = new SplitFolder { Insecure = true };
        string[] shortRun = ["training.steps=1", "training.batch_size=1"];
        await using var server = InProcessFlGlm.Start(folder.Server([$"server.listen={listen}:0", .. shortRun]));
        var port = IPEndPoint.Parse(await server.AddressAsync()).Port;
        await using var client = InProcessFlGlm.Start(folder.Client("ada", $"{connect}:{port}", shortRun));

        await client.ExitsWithAsync(0);
        await server.ExitsWithAsync(0);
        Assert.Single(folder.Losses("ada"));
    }
}
