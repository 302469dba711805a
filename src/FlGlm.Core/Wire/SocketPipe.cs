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
    /// On one machine there is no road to share: Reno sends when there is something to send, where BBR, which some systems choose for
    /// all sockets, spaces the packets out and every ten seconds all but stops for a fifth of a second to time an empty road.
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
            // This system forbids the choice; its own works too, a little slower.
        }
    }

    /// <summary>Small frames leave at once, and a peer that vanished without a word is noticed within a minute.</summary>
    public static void Tune(Socket socket)
    {
        socket.NoDelay = true;
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, 30);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, 10);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, 3);
    }
}
