using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;

namespace FlGlm.Core.Wire;

/// <summary>A connected socket as a pair of pipes. Completing both closes it.</summary>
internal sealed class SocketPipe : IDuplexPipe
{
    /// <summary>TCP_CONGESTION of Linux.</summary>
    internal const int TcpCongestion = 13;

    public SocketPipe(Socket socket)
    {
        var stream = new NetworkStream(socket, ownsSocket: true);
        Input = PipeReader.Create(stream, new StreamPipeReaderOptions(TransportBuffers.Instance, TransportBuffers.BlockBytes, 4096));
        Output = PipeWriter.Create(stream, new StreamPipeWriterOptions(TransportBuffers.Instance, TransportBuffers.BlockBytes));
    }

    public PipeReader Input { get; }

    public PipeWriter Output { get; }

    /// <summary>
    /// Selects the congestion control Reno for loopback connections, which need none: Reno sends data at once. BBR, the default of some systems,
    /// paces the packets and every ten seconds sends almost nothing for 200 ms to measure the round-trip time.
    /// </summary>
    public static void TuneConnected(Socket socket)
    {
        if (!OperatingSystem.IsLinux() || socket.RemoteEndPoint is not IPEndPoint peer || !IPAddress.IsLoopback(peer.Address))
            return;
        try
        {
            socket.SetRawSocketOption((int)SocketOptionLevel.Tcp, TcpCongestion, "reno"u8);
        }
        catch (SocketException)
        {
            // The system does not allow it; its default works too, a little slower.
        }
    }

    /// <summary>Sends small frames without delay (TCP_NODELAY), and detects a vanished peer within a minute (TCP keep-alive).</summary>
    public static void Tune(Socket socket)
    {
        socket.NoDelay = true;
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, 30);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, 10);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, 3);
    }
}
