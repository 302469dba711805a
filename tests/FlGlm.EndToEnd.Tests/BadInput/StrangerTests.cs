using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using FlGlm.EndToEnd.Tests.Processes;

namespace FlGlm.EndToEnd.Tests.BadInput;

/// <summary>Connections from other programs: each is dropped and reported in one line, and the server continues.</summary>
public sealed class StrangerTests
{
    private const int HeaderBytes = 68;

    private static readonly Dictionary<string, (byte[] Bytes, bool HangsUp, string Report)> Strangers = new()
    {
        ["garbage"] = ([.. Enumerable.Range(0, 500).Select(i => (byte)(i * 37))], false, "no FL-GLM frame"),
        ["an HTTP request"] = ([.. "GET / HTTP/1.1\r\nHost: localhost\r\nUser-Agent: browser\r\nAccept: */*\r\n\r\n"u8], false, "no FL-GLM frame"),
        ["nothing"] = ([], false, "did not finish the handshake within 2 s"),
        ["another version"] = (Hello(version: 1), false, "wire version 1, this program version 2"),
        ["an oversized frame"] = (Hello(control: 1 << 30), false, "announces 1,073,741,824 bytes"),
        ["an oversized tensor"] = (Hello(rows: 1 << 30), false, "a Hello frame with a tensor"),
        ["half a header"] = (Hello()[..30], true, "ended inside a frame"),
        ["half a frame"] = ([.. Hello(control: 100), 1, 2, 3], true, "ended inside a frame"),
        ["half a frame and silence"] = ([.. Hello(control: 100), 1, 2, 3], false, "did not finish the handshake"),
        ["a frame of nonsense"] = ([.. Hello(control: 8), .. new byte[8]], false, "Hello"),
    };

    public static TheoryData<string> Names => [.. Strangers.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task An_unknown_connection_is_dropped_and_the_server_continues(string name)
    {
        var (bytes, hangsUp, report) = Strangers[name];
        using var folder = new SplitFolder { Insecure = true };
        await using var server = await ServingServer.StartAsync(folder, "server.handshake_timeout_s=2");

        using (var stranger = new Socket(SocketType.Stream, ProtocolType.Tcp))
        {
            await stranger.ConnectAsync(IPEndPoint.Parse(server.Address));
            await stranger.SendAsync(bytes);
            if (hangsUp)
                stranger.Shutdown(SocketShutdown.Send);
            await server.ReportsAsync(report);
            Assert.InRange(await DroppedAsync(stranger), 0, 1000);
        }

        await server.FinishesAsync();
    }

    [Theory]
    [InlineData("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\nServer: other\r\n\r\n", 5, "no FL-GLM frame")]
    [InlineData("", 7, "closed the connection without a Goodbye")]
    public async Task A_server_of_another_kind_is_an_error_of_one_line(string answer, int exitCode, string says)
    {
        using var folder = new SplitFolder { Insecure = true };
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        await using var client = InProcessFlGlm.Start(folder.Client("ada", listener.LocalEndpoint.ToString()!, "client.retry_for_s=0"));

        using (var connection = await listener.AcceptTcpClientAsync())
        {
            _ = await connection.GetStream().ReadAsync(new byte[1000]);
            await connection.Client.SendAsync(System.Text.Encoding.ASCII.GetBytes(answer));
        }

        await Refusal.AssertAsync(folder, client, exitCode, says);
    }

    [Fact]
    public async Task A_port_that_is_taken_is_named()
    {
        using var folder = new SplitFolder { Insecure = true };
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;

        await Refusal.AssertAsync(
            folder, folder.Server($"server.listen=127.0.0.1:{port}"), 7, $"Port {port} of 127.0.0.1 is taken", "choose another");
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_named()
    {
        using var folder = new SplitFolder { Insecure = true };
        await Refusal.AssertAsync(
            folder, folder.Client("ada", "127.0.0.1:1", "client.retry_for_s=0"), 7, "No server answers at 127.0.0.1:1", "Is it started");
    }

    /// <returns>the bytes that the server sent before it closed the connection</returns>
    private static async Task<int> DroppedAsync(Socket stranger)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        var said = 0;
        try
        {
            while (await stranger.ReceiveAsync(new byte[1000], patience.Token) is > 0 and var count)
                said += count;
        }
        catch (SocketException)
        {
            // The server closed the connection with unread bytes.
        }

        return said;
    }

    /// <summary>The header of a client's first frame, byte by byte as in docs/wire.md.</summary>
    private static byte[] Hello(ushort version = 2, int control = 0, uint rows = 0)
    {
        var header = new byte[HeaderBytes];
        "FLGM"u8.CopyTo(header);
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(4), version);
        header[6] = 1;
        if (rows > 0)
        {
            (header[36], header[37]) = (1, 1);
            BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(40), rows);
            BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(56), 4L * rows);
        }

        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(64), control);
        return header;
    }
}
