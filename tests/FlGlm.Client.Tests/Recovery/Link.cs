using System.Net;
using System.Net.Sockets;

namespace FlGlm.Client.Tests.Recovery;

/// <summary>Between clients and a server that may change its port; cuts all connections when asked to, and takes none while it is closed.</summary>
internal sealed class Link : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly List<Socket> _sockets = [];
    private readonly Task _accepting;
    private int _left = int.MaxValue;

    public Link()
    {
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public string Address => _listener.LocalEndpoint.ToString()!;

    /// <summary>The port of the server; 0 = closed.</summary>
    public int Port { get; set; }

    /// <summary>The address that the server sees of new connections.</summary>
    public IPAddress From { get; set; } = IPAddress.Loopback;

    /// <summary>All connections are cut at once.</summary>
    public void Cut()
    {
        lock (_sockets)
        {
            foreach (var socket in _sockets)
                socket.Dispose();
            _sockets.Clear();
        }
    }

    /// <summary>All connections are cut when this many more bytes have passed: in the midst of a frame.</summary>
    public void CutAfter(int bytes) => _left = bytes;

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _accepting;
        _listener.Dispose();
        Cut();
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptSocketAsync(_end.Token);
                var server = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                if (Port == 0 || !await TryConnectAsync(server))
                {
                    client.Dispose();
                    server.Dispose();
                    continue;
                }

                (client.NoDelay, server.NoDelay) = (true, true);
                lock (_sockets)
                    _sockets.AddRange([client, server]);
                _ = PumpAsync(client, server);
                _ = PumpAsync(server, client);
            }
        }
        catch (OperationCanceledException)
        {
            // The end.
        }
    }

    private async Task<bool> TryConnectAsync(Socket server)
    {
        try
        {
            server.Bind(new IPEndPoint(From, 0));
            await server.ConnectAsync(IPAddress.Loopback, Port, _end.Token);
            return true;
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            return false;
        }
    }

    private async Task PumpAsync(Socket from, Socket to)
    {
        var buffer = new byte[1 << 16];
        try
        {
            while (await from.ReceiveAsync(buffer) is > 0 and var count)
            {
                if (Interlocked.Add(ref _left, -count) is var left && left <= 0)
                {
                    await to.SendAsync(buffer.AsMemory(0, Math.Max(0, count + left)));
                    _left = int.MaxValue;
                    Cut();
                    return;
                }

                await to.SendAsync(buffer.AsMemory(0, count));
            }

            to.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            from.Dispose();
            to.Dispose();
        }
    }
}
