using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using FlGlm.Core.Configuration;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace FlGlm.Core.Wire;

/// <summary>Accepts connections at the server: Kestrel without HTTP, which passes every connection to one function.</summary>
internal sealed class FrameListener : IAsyncDisposable
{
    /// <summary>Counts unauthenticated connections too: each may hold one transport block until its handshake is over.</summary>
    private const int MaxConnections = 256;

    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(2);
    private readonly WebApplication _app;
    private readonly CancellationTokenSource _stop;

    private FrameListener(WebApplication app, CancellationTokenSource stop, IPEndPoint endPoint)
    {
        _app = app;
        _stop = stop;
        EndPoint = endPoint;
    }

    /// <summary>The address it listens on; where port 0 was given, the port that the system chose.</summary>
    public IPEndPoint EndPoint { get; }

    /// <summary>Listens, and runs <paramref name="serve"/> for every connection; the connection is closed when that returns.</summary>
    /// <param name="endPoint">Address and port; port 0 takes a free one.</param>
    /// <param name="serve">Gets the connection, the peer's address and a token that ends with the listener. It reports its own failures.</param>
    /// <param name="ct">Cancels the start.</param>
    /// <exception cref="NetworkException">The port is taken, or the address is not this machine's.</exception>
    public static async Task<FrameListener> StartAsync(
        IPEndPoint endPoint, Func<IDuplexPipe, string, CancellationToken, Task> serve, CancellationToken ct)
    {
        var stop = new CancellationTokenSource();
        ListenOptions? listening = null;
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseSockets(Tune).ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxConcurrentConnections = MaxConnections;
            kestrel.Listen(endPoint, listen =>
            {
                listening = listen;
                listen.Run(connection =>
                {
                    if (connection.Features.Get<IConnectionSocketFeature>() is { } feature)
                        SocketPipe.TuneConnected(feature.Socket);
                    return serve(connection.Transport, connection.RemoteEndPoint?.ToString() ?? "a peer", stop.Token);
                });
            });
        });
        builder.Services.AddSingleton<IMemoryPoolFactory<byte>, TransportBuffersFactory>(); // after Kestrel's own, which it replaces
        builder.Services.AddSingleton<IHostLifetime, NoHostLifetime>(); // likewise
        var app = builder.Build();
        try
        {
            await app.StartAsync(ct).ConfigureAwait(false);
            return new FrameListener(app, stop, listening!.IPEndPoint!);
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            await app.DisposeAsync().ConfigureAwait(false);
            throw new NetworkException(e.InnerException is AddressInUseException
                ? $"Port {endPoint.Port} of {endPoint.Address} is taken by another program. Stop it, or choose another port."
                : $"Cannot listen on {endPoint}: {e.Message}", e);
        }
    }

    public async ValueTask DisposeAsync()
    {
        using var timeout = new CancellationTokenSource(ShutdownTimeout);
        await _stop.CancelAsync().ConfigureAwait(false);
        await _app.StopAsync(timeout.Token).ConfigureAwait(false);
        await _app.DisposeAsync().ConfigureAwait(false);
        _stop.Dispose();
    }

    /// <summary>
    /// Frames are decrypted on the thread that received them: passing them to another thread costs more than decrypting them, and on a busy
    /// machine that thread waits for a core. Code that reads frames never blocks; tensor work runs on the compute lane.
    /// </summary>
    private static void Tune(SocketTransportOptions options)
    {
        options.NoDelay = true;
        options.UnsafePreferInlineScheduling = true;
        options.WaitForDataBeforeAllocatingBuffer = false; // the buffer is allocated before the first bytes arrive
        options.MaxReadBufferSize = 1 << 20;
        options.MaxWriteBufferSize = 1 << 20; // more than a flush
        options.CreateBoundListenSocket = endPoint =>
        {
            var socket = SocketTransportOptions.CreateDefaultBoundListenSocket(endPoint);
            SocketPipe.Tune(socket);
            return socket;
        };
    }
}
