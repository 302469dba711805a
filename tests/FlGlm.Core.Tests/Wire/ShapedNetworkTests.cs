using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using FlGlm.Testing;

namespace FlGlm.Core.Tests.Wire;

public sealed class ShapedNetworkTests
{
    private static readonly NetworkShape Slow = new("slow", BitsPerSecond: 8000, TimeSpan.FromSeconds(5));

    [Fact]
    public void Bytes_arrive_after_the_time_that_they_take_and_the_delay() =>
        Assert.Equal(TimeSpan.FromSeconds(2 + 5), new ShapedLink().ArrivalOf(2000, TimeSpan.Zero, Slow));

    [Fact]
    public void Bytes_wait_for_those_before_them_but_not_for_their_delay()
    {
        var link = new ShapedLink();
        link.ArrivalOf(2000, TimeSpan.Zero, Slow);
        Assert.Equal(TimeSpan.FromSeconds(2 + 1 + 5), link.ArrivalOf(1000, TimeSpan.FromSeconds(1), Slow));
    }

    [Fact]
    public void A_link_that_was_idle_begins_now()
    {
        var link = new ShapedLink();
        link.ArrivalOf(2000, TimeSpan.Zero, Slow);
        Assert.Equal(TimeSpan.FromSeconds(10 + 1 + 5), link.ArrivalOf(1000, TimeSpan.FromSeconds(10), Slow));
    }

    [Fact]
    public void Bytes_behind_a_change_of_shape_do_not_wait_for_those_before()
    {
        var link = new ShapedLink();
        link.ArrivalOf(2000, TimeSpan.Zero, Slow);
        Assert.Equal(TimeSpan.FromSeconds(1), link.ArrivalOf(1000, TimeSpan.FromSeconds(1), NetworkShape.None));
    }

    [Fact]
    public async Task A_relay_passes_all_bytes_on_in_order_both_ways()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        await using var relay = new ShapedRelay { Shape = new NetworkShape("fast", 8e9, TimeSpan.FromMilliseconds(1)) };
        await relay.ForwardToAsync(((IPEndPoint)listener.LocalEndpoint).Port);
        using var client = new TcpClient();
        await client.ConnectAsync(IPEndPoint.Parse(relay.Address), TestContext.Current.CancellationToken);
        using var server = await listener.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
        var (up, down) = (RandomNumberGenerator.GetBytes(1_000_000), RandomNumberGenerator.GetBytes(1_000_000));
        var received = await Task.WhenAll(ExchangeAsync(client, up), ExchangeAsync(server, down));
        Assert.Equal(down, received[0]);
        Assert.Equal(up, received[1]);
    }

    private static async Task<byte[]> ExchangeAsync(TcpClient end, byte[] sent)
    {
        var writing = end.GetStream().WriteAsync(sent).AsTask();
        var received = new byte[sent.Length];
        await end.GetStream().ReadExactlyAsync(received);
        await writing;
        return received;
    }
}
