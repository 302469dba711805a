using System.Net;
using System.Net.Sockets;

namespace FlGlm.Cli.Chaos;

/// <summary>A client's connection to the proxy, and the proxy's to the server.</summary>
internal sealed class ProxiedConnection : IDisposable
{
    private readonly Socket _client;
    private Socket? _server;

    public ProxiedConnection(Socket client)
    {
        _client = client;
        _client.NoDelay = true;
    }

    /// <summary>Connected once <see cref="ConnectAsync"/> has returned true.</summary>
    public Socket Server => _server ?? throw new InvalidOperationException("The server has not been reached yet.");

    /// <summary>Bytes of both directions.</summary>
    public long Bytes { get; set; }

    /// <returns>false where no server listens</returns>
    public async Task<bool> ConnectAsync(int port, CancellationToken ct)
    {
        var server = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await server.ConnectAsync(IPAddress.Loopback, port, ct);
            _server = server;
            return true;
        }
        catch (Exception e)
        {
            server.Dispose();
            if (e is SocketException { SocketErrorCode: SocketError.ConnectionRefused } && !HasLeft())
                return false;
            throw;
        }
    }

    /// <summary>Resets both connections: whatever is under way is lost.</summary>
    public void Abort()
    {
        foreach (var socket in new[] { _client, _server })
            socket?.Close(timeout: 0);
    }

    public void Dispose()
    {
        _client.Dispose();
        _server?.Dispose();
    }

    private bool HasLeft() => _client.Poll(0, SelectMode.SelectRead) && _client.Available == 0;
}
