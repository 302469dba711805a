using System.IO.Pipelines;
using System.Net.Sockets;

namespace FlGlm.Core.Wire;

/// <summary>A connected socket as a pair of pipes. Completing both closes it.</summary>
internal sealed class SocketPipe : IDuplexPipe
{
    public SocketPipe(Socket socket)
    {
        var stream = new NetworkStream(socket, ownsSocket: true);
        Input = PipeReader.Create(stream, new StreamPipeReaderOptions(TransportBuffers.Instance, TransportBuffers.BlockBytes, 4096));
        Output = PipeWriter.Create(stream, new StreamPipeWriterOptions(TransportBuffers.Instance, TransportBuffers.BlockBytes));
    }

    public PipeReader Input { get; }

    public PipeWriter Output { get; }

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
