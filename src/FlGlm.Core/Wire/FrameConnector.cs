using System.Diagnostics;
using System.IO.Pipelines;
using System.Net.Sockets;
using FlGlm.Core.Configuration;

namespace FlGlm.Core.Wire;

/// <summary>Connects a client to its server. The client may start first: it retries until the server accepts the connection.</summary>
internal static class FrameConnector
{
    private const double LongestTimerSeconds = 1_000_000;

    /// <summary>So long a server that is being started again may take; it is not kept waiting then.</summary>
    private static readonly TimeSpan AtFirst = TimeSpan.FromSeconds(30);

    private const double LongestAtFirstSeconds = 1;

    /// <summary>A connection to a server, before any handshake.</summary>
    /// <param name="host">Name or address.</param>
    /// <param name="port">The server's port.</param>
    /// <param name="settings">How long to retry.</param>
    /// <param name="waiting">Called for every failed attempt that will be repeated.</param>
    /// <param name="ct">Cancels the attempts.</param>
    /// <exception cref="NetworkException">The server did not answer in time.</exception>
    public static async Task<IDuplexPipe> ConnectAsync(
        string host, int port, ConnectSettings settings, Action<ConnectAttempt>? waiting, CancellationToken ct)
    {
        var clock = Stopwatch.StartNew();
        var delay = TimeSpan.FromSeconds(settings.FirstDelaySeconds);
        for (var number = 1; ; number++)
        {
            try
            {
                var left = settings.GiveUpSeconds - clock.Elapsed.TotalSeconds;
                return await ConnectOnceAsync(host, port, number == 1 ? Math.Max(left, settings.FirstAttemptSeconds) : left, ct).ConfigureAwait(false);
            }
            catch (SocketException e)
            {
                if ((clock.Elapsed + delay).TotalSeconds > settings.GiveUpSeconds)
                {
                    throw new NetworkException(
                        $"No server answers at {host}:{port} ({e.Message}; {number} attempts in {clock.Elapsed.TotalSeconds:0} s). Is it started, and is this its address?", e);
                }
                waiting?.Invoke(new ConnectAttempt($"{host}:{port}", number, e.Message, delay));
            }
            await Task.Delay(delay, ct).ConfigureAwait(false);
            var longest = clock.Elapsed < AtFirst ? Math.Min(LongestAtFirstSeconds, settings.LongestDelaySeconds) : settings.LongestDelaySeconds;
            delay = TimeSpan.FromSeconds(Math.Min(2 * delay.TotalSeconds, longest));
        }
    }

    /// <summary>The system itself gives up after two minutes where nothing answers.</summary>
    /// <exception cref="SocketException">There is no server, or no answer within <paramref name="seconds"/>.</exception>
    private static async Task<IDuplexPipe> ConnectOnceAsync(string host, int port, double seconds, CancellationToken ct)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(ct);
        timeout.CancelAfter(TimeSpan.FromSeconds(Math.Clamp(seconds, 0.001, LongestTimerSeconds)));
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            SocketPipe.Tune(socket);
            await socket.ConnectAsync(host, port, timeout.Token).ConfigureAwait(false);
            SocketPipe.TuneConnected(socket);
            return new SocketPipe(socket);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            socket.Dispose();
            throw new SocketException((int)SocketError.TimedOut);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
