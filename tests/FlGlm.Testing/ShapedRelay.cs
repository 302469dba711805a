using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;

namespace FlGlm.Testing;

/// <summary>
/// Stands between clients and a server on this machine and passes their bytes on as a network of a given shape would. Bytes leave up to 1 ms too
/// early or late: that is the timers' resolution.
/// </summary>
public sealed class ShapedRelay : IAsyncDisposable
{
    private const int ChunkBytes = 16 * 1024;

    /// <summary>More than a delay of 50 ms at 1 Gbit/s holds: 16 MiB.</summary>
    private const int MostChunks = 1024;
    private static readonly TimeSpan BetweenAttempts = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan HalfTick = TimeSpan.FromMilliseconds(0.5);
    private readonly Socket _listener = new(SocketType.Stream, ProtocolType.Tcp);
    private readonly CancellationTokenSource _closing = new();
    private readonly List<Task> _pumps = [];
    private readonly List<Socket> _sockets = [];
    private Task _accepting = Task.CompletedTask;

    public ShapedRelay() => _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));

    /// <summary>Where clients connect.</summary>
    public string Address => _listener.LocalEndPoint!.ToString()!;

    /// <summary>Of all bytes that come from now on.</summary>
    public NetworkShape Shape { get; set; } = NetworkShape.None;

    /// <summary>Waits until the server listens, and begins to accept clients.</summary>
    /// <param name="port">of the server on this machine</param>
    public async Task ForwardToAsync(int port)
    {
        var first = Keep(await ConnectAsync(port));
        _listener.Listen();
        _accepting = AcceptAsync(port, first);
    }

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Task.WhenAll(_pumps).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _sockets.ForEach(socket => socket.Dispose());
        _listener.Dispose();
        _closing.Dispose();
    }

    /// <param name="server">connected, for the first client</param>
    private async Task AcceptAsync(int port, Socket? server)
    {
        while (true)
        {
            var client = Keep(await _listener.AcceptAsync(_closing.Token));
            server ??= Keep(await ConnectAsync(port));
            _pumps.Add(PumpAsync(client, server));
            _pumps.Add(PumpAsync(server, client));
            server = null;
        }
    }

    /// <summary>Connects as soon as the server listens.</summary>
    private async Task<Socket> ConnectAsync(int port)
    {
        while (true)
        {
            var server = new Socket(SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await server.ConnectAsync(IPAddress.Loopback, port, _closing.Token);
                return server;
            }
            catch (Exception e)
            {
                server.Dispose();
                if (e is not SocketException)
                    throw;
                await Task.Delay(BetweenAttempts, _closing.Token);
            }
        }
    }

    private Socket Keep(Socket socket)
    {
        socket.NoDelay = true;
        _sockets.Add(socket);
        return socket;
    }

    private async Task PumpAsync(Socket from, Socket to)
    {
        var underWay = Channel.CreateBounded<(byte[] Bytes, TimeSpan Arrival)>(MostChunks);
        await Task.WhenAll(TakeAsync(from, underWay.Writer), DeliverAsync(underWay.Reader, to));
    }

    private async Task TakeAsync(Socket from, ChannelWriter<(byte[] Bytes, TimeSpan Arrival)> underWay)
    {
        var link = new ShapedLink();
        var buffer = new byte[ChunkBytes];
        try
        {
            while (await from.ReceiveAsync(buffer, _closing.Token) is > 0 and var count)
                await underWay.WriteAsync((buffer.AsSpan(0, count).ToArray(), link.ArrivalOf(count, Now(), Shape)), _closing.Token);
        }
        finally
        {
            underWay.Complete();
        }
    }

    private async Task DeliverAsync(ChannelReader<(byte[] Bytes, TimeSpan Arrival)> underWay, Socket to)
    {
        await foreach (var (bytes, arrival) in underWay.ReadAllAsync(_closing.Token))
        {
            while (arrival - Now() is var left && left > HalfTick)
                await Task.Delay(TimeSpan.FromMilliseconds(Math.Max(1, Math.Floor(left.TotalMilliseconds))), _closing.Token);
            for (var sent = 0; sent < bytes.Length;)
                sent += await to.SendAsync(bytes.AsMemory(sent), _closing.Token);
        }

        to.Shutdown(SocketShutdown.Send);
    }

    private static TimeSpan Now() => Stopwatch.GetElapsedTime(0);
}
