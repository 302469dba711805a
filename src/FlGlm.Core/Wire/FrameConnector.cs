using System.Diagnostics;
using System.IO.Pipelines;
using System.Net.Sockets;
using FlGlm.Core.Configuration;

namespace FlGlm.Core.Wire;

/// <summary>Connects a client to its server. The client may start first: it retries until the server accepts the connection.</summary>
public static class FrameConnector
{
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
                return await ConnectOnceAsync(host, port, ct);
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
            await Task.Delay(delay, ct);
            delay = TimeSpan.FromSeconds(Math.Min(2 * delay.TotalSeconds, settings.LongestDelaySeconds));
        }
    }

    private static async Task<IDuplexPipe> ConnectOnceAsync(string host, int port, CancellationToken ct)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            SocketPipe.Tune(socket);
            await socket.ConnectAsync(host, port, ct);
            SocketPipe.TuneConnected(socket);
            return new SocketPipe(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
