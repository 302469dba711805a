using System.Net;
using System.Net.Sockets;

namespace FlGlm.Cli.Chaos;

/// <summary>Stands between clients and a server on this machine, and disturbs the bytes that pass as a plan says.</summary>
internal sealed class ChaosProxy : IAsyncDisposable
{
    private const int ChunkBytes = 16 * 1024;
    private static readonly TimeSpan BetweenAttempts = TimeSpan.FromMilliseconds(50);
    private readonly Socket _listener = new(SocketType.Stream, ProtocolType.Tcp);
    private readonly CancellationTokenSource _closing = new();
    private readonly Lock _gate = new();
    private readonly HashSet<Task> _connections = [];
    private readonly int _server;
    private readonly long _expected;
    private readonly Queue<TrafficDisturbance> _plan;
    private readonly Task _accepting;

    /// <summary>Begins to accept clients.</summary>
    /// <param name="server">The server's port on this machine.</param>
    /// <param name="expected">The bytes of an undisturbed run.</param>
    /// <param name="plan">In the order of their places.</param>
    public ChaosProxy(int server, long expected, IEnumerable<TrafficDisturbance> plan)
    {
        (_server, _expected, _plan) = (server, expected, new Queue<TrafficDisturbance>(plan));
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        _accepting = AcceptAsync();
    }

    /// <summary>Where clients connect.</summary>
    public string Address => _listener.LocalEndPoint!.ToString()!;

    /// <summary>Bytes that have come, of all connections and both directions.</summary>
    public long Bytes { get; private set; }

    /// <summary>Disturbances that have happened.</summary>
    public int Done { get; private set; }

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        _listener.Dispose();
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Task[] open;
        lock (_gate)
            open = [.. _connections];
        await Task.WhenAll(open).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _closing.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            var serving = ServeAsync(await _listener.AcceptAsync(_closing.Token));
            lock (_gate)
                _connections.Add(serving);
        }
    }

    private async Task ServeAsync(Socket client)
    {
        using var link = new ProxiedConnection(client);
        try
        {
            while (!await link.ConnectAsync(_server, _closing.Token))
                await Task.Delay(BetweenAttempts, _closing.Token);
            await Task.WhenAll(PumpAsync(link, client, link.Server), PumpAsync(link, link.Server, client));
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // One of both sides is gone.
        }
        finally
        {
            link.Abort();
        }
    }

    private async Task PumpAsync(ProxiedConnection link, Socket from, Socket to)
    {
        var buffer = new byte[ChunkBytes];
        try
        {
            while (await from.ReceiveAsync(buffer, _closing.Token) is > 0 and var count)
            {
                var chunk = buffer.AsMemory(0, count);
                if (Take(link, count) is var (disturbance, place))
                    await DisturbAsync(link, to, chunk, disturbance, place);
                else
                    await SendAsync(to, chunk);
            }

            to.Shutdown(SocketShutdown.Send);
        }
        catch
        {
            link.Abort();
            throw;
        }
    }

    /// <summary>Counts a chunk.</summary>
    /// <returns>what is to be done to it, and from which of its bytes on</returns>
    private (TrafficDisturbance What, int Place)? Take(ProxiedConnection link, int count)
    {
        lock (_gate)
        {
            var (before, beforeHere) = (Bytes, link.Bytes);
            Bytes += count;
            link.Bytes += count;
            if (!_plan.TryPeek(out var next) || (next.Kind == TrafficChoice.Reorder && count < 2))
                return null;
            var place = next.AfterConnect is { } here ? here - beforeHere : (long)(next.At * _expected) - before;
            if (place >= count || (next.AfterConnect is not null && place < 0 && !IsLate(next)))
                return null;
            _plan.Dequeue();
            Done++;
            return (next, (int)Math.Max(0, place));
        }
    }

    /// <summary>Where no new connection has come for a tenth of the run, any connection is right.</summary>
    private bool IsLate(TrafficDisturbance next) => Bytes > (next.At + 0.1) * _expected;

    private async Task DisturbAsync(ProxiedConnection link, Socket to, Memory<byte> chunk, TrafficDisturbance what, int place)
    {
        if (what.Kind == TrafficChoice.Reorder)
            place = Math.Min(place, chunk.Length - 2);
        if (what.Kind == TrafficChoice.Corrupt)
            chunk.Span[place] ^= 1;
        await SendAsync(to, chunk[..place]);
        var rest = chunk[place..];
        switch (what.Kind)
        {
            case TrafficChoice.Cut:
                link.Abort();
                break;
            case TrafficChoice.Delay:
                await Task.Delay(TimeSpan.FromSeconds(what.Seconds), _closing.Token);
                await SendAsync(to, rest);
                break;
            case TrafficChoice.Duplicate:
                var twice = rest[..Math.Min(what.Bytes, rest.Length)];
                await SendAsync(to, twice);
                await SendAsync(to, rest);
                break;
            case TrafficChoice.Reorder:
                await SendAsync(to, rest[(rest.Length / 2)..]);
                await SendAsync(to, rest[..(rest.Length / 2)]);
                break;
            default:
                await SendAsync(to, rest);
                break;
        }
    }

    private async Task SendAsync(Socket to, ReadOnlyMemory<byte> bytes)
    {
        while (bytes.Length > 0)
            bytes = bytes[await to.SendAsync(bytes, _closing.Token)..];
    }
}
