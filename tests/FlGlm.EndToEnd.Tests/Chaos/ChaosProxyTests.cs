using System.Net;
using System.Net.Sockets;
using FlGlm.Cli.Chaos;
using FlGlm.Cli.CommandLine;

namespace FlGlm.EndToEnd.Tests.Chaos;

/// <summary>Bytes go through the proxy to a server that sends them back. The first disturbance is in the bytes to the server.</summary>
public sealed class ChaosProxyTests
{
    private static readonly byte[] Sent = [.. Enumerable.Range(0, 100).Select(number => (byte)number)];

    [Fact]
    public async Task Without_a_plan_every_byte_passes_unchanged_and_is_counted()
    {
        await using var echo = new EchoServer();
        await using var proxy = new ChaosProxy(echo.Port, 0, []);

        Assert.Equal(Sent, await ExchangeAsync(proxy));
        Assert.Equal((2 * Sent.Length, 0), (proxy.Bytes, proxy.Done));
    }

    [Theory]
    [InlineData("duplicate")]
    [InlineData("reorder")]
    [InlineData("corrupt")]
    [InlineData("delay")]
    public async Task Bytes_are_disturbed_from_their_place_on(string word)
    {
        var kind = EnumWords.Value<TrafficChoice>(word)!.Value;
        await using var echo = new EchoServer();
        await using var proxy = new ChaosProxy(echo.Port, 1000, [new TrafficDisturbance(kind, 0.09, null, Bytes: 4, Seconds: 0.01)]);

        var found = await ExchangeAsync(proxy);

        byte[] expected = kind switch
        {
            TrafficChoice.Duplicate => [.. Sent[..94], .. Sent[90..]],
            TrafficChoice.Reorder => [.. Sent[..90], .. Sent[95..], .. Sent[90..95]],
            TrafficChoice.Corrupt => [.. Sent[..90], (byte)(Sent[90] ^ 1), .. Sent[91..]],
            _ => Sent,
        };
        Assert.Equal(expected, found);
        Assert.Equal(1, proxy.Done);
    }

    [Fact]
    public async Task A_cut_ends_the_connection_and_the_next_one_serves()
    {
        await using var echo = new EchoServer();
        await using var proxy = new ChaosProxy(echo.Port, 1000, [new TrafficDisturbance(TrafficChoice.Cut, 0.05, null, 0, 0)]);

        await Assert.ThrowsAnyAsync<IOException>(() => ExchangeAsync(proxy));

        Assert.Equal(1, proxy.Done);
        Assert.Equal(Sent, await ExchangeAsync(proxy));
    }

    [Fact]
    public async Task A_disturbance_of_a_new_connection_waits_for_one()
    {
        await using var echo = new EchoServer();
        await using var proxy = new ChaosProxy(echo.Port, 1000, [new TrafficDisturbance(TrafficChoice.Corrupt, 0, AfterConnect: 150, 0, 0)]);

        var found = await ExchangeAsync(proxy);
        Assert.Equal([.. Sent[..50], (byte)(Sent[50] ^ 1), .. Sent[51..]], found);
    }

    /// <summary>Sends, ends its side, and reads until the other side has ended too.</summary>
    private static async Task<byte[]> ExchangeAsync(ChaosProxy proxy)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPEndPoint.Parse(proxy.Address), TestContext.Current.CancellationToken);
        var stream = client.GetStream();
        await stream.WriteAsync(Sent, TestContext.Current.CancellationToken);
        client.Client.Shutdown(SocketShutdown.Send);
        using var found = new MemoryStream();
        await stream.CopyToAsync(found, TestContext.Current.CancellationToken);
        return found.ToArray();
    }
}
