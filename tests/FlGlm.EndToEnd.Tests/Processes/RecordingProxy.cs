using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;

namespace FlGlm.EndToEnd.Tests.Processes;

/// <summary>Forwards a connection like an eavesdropper: records every byte, may change one, and may hold back the client's bytes.</summary>
internal sealed class RecordingProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly TaskCompletionSource _held = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly MemoryStream _up = new();
    private readonly MemoryStream _down = new();
    private readonly IPEndPoint _server;
    private readonly Task _serving;

    public RecordingProxy(string server)
    {
        _server = IPEndPoint.Parse(server);
        _listener.Start();
        _serving = ServeAsync();
    }

    /// <summary>The address that the client connects to.</summary>
    public string Address => _listener.LocalEndpoint.ToString()!;

    /// <summary>The number of bytes from the client to forward before the rest waits for <see cref="Release"/>.</summary>
    public long HoldAfter { get; init; } = long.MaxValue;

    /// <summary>Which byte from the client arrives with one bit changed.</summary>
    public long Tamper { get; init; } = long.MaxValue;

    /// <summary>Completes when the client's bytes are being held back.</summary>
    public Task Held => _held.Task.WaitAsync(TimeSpan.FromMinutes(1));

    /// <summary>Everything the client sent; to be read when the run is over.</summary>
    public byte[] Up => _up.ToArray();

    /// <summary>Everything the server sent.</summary>
    public byte[] Down => _down.ToArray();

    public void Release() => _released.TrySetResult();

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _serving;
        _listener.Dispose();
        _end.Dispose();
    }

    private async Task ServeAsync()
    {
        var connections = new List<Task>();
        try
        {
            while (true)
                connections.Add(ConnectAsync(await _listener.AcceptTcpClientAsync(_end.Token)));
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(connections);
        }
    }

    /// <summary>Forwards both directions until one end closes the connection; then closes the other.</summary>
    private async Task ConnectAsync(TcpClient client)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(_end.Token);
        using (client)
        using (var server = new TcpClient())
        {
            await server.ConnectAsync(_server);
            var sent = Channel.CreateUnbounded<byte[]>();
            Task[] ways =
            [
                ReadAsync(client.GetStream(), sent.Writer, over),
                ForwardAsync(sent.Reader, server.GetStream(), over.Token),
                CopyAsync(server.GetStream(), client.GetStream(), over),
            ];
            await Task.WhenAll(ways);
        }
    }

    private async Task ReadAsync(NetworkStream client, ChannelWriter<byte[]> sent, CancellationTokenSource over)
    {
        await UntilOverAsync(client, async piece =>
        {
            if (Tamper >= _up.Length && Tamper < _up.Length + piece.Length)
                piece.Span[(int)(Tamper - _up.Length)] ^= 1;
            _up.Write(piece.Span);
            await sent.WriteAsync(piece.ToArray(), over.Token);
        }, over.Token);
        sent.Complete();
        if (!_held.Task.IsCompleted || _released.Task.IsCompleted)
            return;
        await over.CancelAsync();
    }

    private async Task ForwardAsync(ChannelReader<byte[]> sent, NetworkStream server, CancellationToken over)
    {
        var passed = 0L;
        try
        {
            await foreach (var piece in sent.ReadAllAsync(over))
            {
                if ((passed += piece.Length) > HoldAfter)
                {
                    _held.TrySetResult();
                    await _released.Task.WaitAsync(over);
                }

                await server.WriteAsync(piece, over);
            }

            server.Socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
        {
            // The server has closed the connection, or the client while it was held back.
        }
    }

    private async Task CopyAsync(NetworkStream server, NetworkStream client, CancellationTokenSource over)
    {
        await UntilOverAsync(server, async piece =>
        {
            _down.Write(piece.Span);
            await client.WriteAsync(piece, over.Token);
        }, over.Token);
        await over.CancelAsync();
    }

    private static async Task UntilOverAsync(NetworkStream from, Func<Memory<byte>, Task> take, CancellationToken over)
    {
        var buffer = new byte[1 << 16];
        try
        {
            while (await from.ReadAsync(buffer, over) is > 0 and var count)
                await take(buffer.AsMemory(0, count));
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // A peer that was killed resets its connection.
        }
    }
}
