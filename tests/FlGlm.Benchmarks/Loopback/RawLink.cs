using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using FlGlm.Benchmarks.Processes;

namespace FlGlm.Benchmarks.Loopback;

/// <summary>
/// The least that does the same: two sockets over loopback, AES-256-GCM in pieces of the same size, a thread at each end, no frames and no
/// checks of order. What the transport's goodput is a share of.
/// </summary>
internal sealed class RawLink : IDisposable
{
    private const int PieceBytes = 64 * 1024;
    private const int TagBytes = 16;
    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);
    private readonly Socket _client = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly Side _side;
    private readonly byte[] _question;
    private readonly TaskCompletionSource<int> _peerThread = new();
    private readonly Thread _peer;

    /// <param name="messageBytes">of every message that is not a question</param>
    /// <param name="times">messages before a question</param>
    /// <param name="questionBytes">of a question, and of the answer to it, which is the same bytes</param>
    public RawLink(int messageBytes, int times, int questionBytes = 16)
    {
        using var listener = new Socket(SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(1);
        _client.Connect(listener.LocalEndPoint!);
        var accepted = listener.Accept();
        accepted.NoDelay = true;
        _side = new Side(_client, _key, 0);
        _question = new byte[questionBytes];
        _peer = new Thread(() => Serve(accepted, messageBytes, times, questionBytes)) { IsBackground = true };
        _peer.Start();
    }

    /// <summary>The peer's, by the kernel's number.</summary>
    public Task<int> PeerThread => _peerThread.Task;

    /// <summary>Sends the message so many times, then a question, and waits for its answer: until the peer has opened the last.</summary>
    public void Send(ReadOnlySpan<byte> message, int times)
    {
        for (var sent = 0; sent < times; sent++)
            _side.Send(message);
        _side.Send(_question);
        _side.Receive(_question);
    }

    public void Dispose()
    {
        _client.Dispose();
        _peer.Join();
        _side.Dispose();
    }

    private void Serve(Socket socket, int messageBytes, int times, int questionBytes)
    {
        _peerThread.SetResult(Cores.CurrentThread());
        using var ended = socket;
        using var side = new Side(socket, _key, 1);
        var message = new byte[messageBytes];
        var question = new byte[questionBytes];
        do
        {
            for (var received = 0; received < times; received++)
            {
                if (!side.Receive(message))
                    return;
            }

            if (!side.Receive(question))
                return;
            side.Send(question);
        }
        while (true);
    }

    /// <summary>One end: seals what it sends, opens what it receives.</summary>
    private sealed class Side(Socket socket, byte[] key, byte direction) : IDisposable
    {
        private readonly AesGcm _aes = new(key, TagBytes);
        private readonly byte[] _out = new byte[PieceBytes + TagBytes];
        private readonly byte[] _in = new byte[PieceBytes + TagBytes];
        private ulong _sent;
        private ulong _received;

        public void Send(ReadOnlySpan<byte> message)
        {
            for (var offset = 0; offset < message.Length; offset += PieceBytes)
            {
                var count = Math.Min(PieceBytes, message.Length - offset);
                var piece = _out.AsSpan(0, count);
                message.Slice(offset, count).CopyTo(piece);
                _aes.Encrypt(Nonce(direction, _sent++), piece, piece, _out.AsSpan(count, TagBytes));
                Send(_out, count + TagBytes);
            }
        }

        /// <returns>false where the other end is closed</returns>
        public bool Receive(Span<byte> message)
        {
            for (var offset = 0; offset < message.Length; offset += PieceBytes)
            {
                var count = Math.Min(PieceBytes, message.Length - offset);
                if (!Fill(_in.AsSpan(0, count + TagBytes)))
                    return false;
                _aes.Decrypt(Nonce((byte)(1 - direction), _received++), _in.AsSpan(0, count), _in.AsSpan(count, TagBytes), message.Slice(offset, count));
            }

            return true;
        }

        public void Dispose() => _aes.Dispose();

        private static byte[] Nonce(byte direction, ulong number)
        {
            var nonce = new byte[12];
            BinaryPrimitives.WriteUInt64LittleEndian(nonce, number);
            nonce[11] = direction;
            return nonce;
        }

        private void Send(byte[] buffer, int count)
        {
            for (var sent = 0; sent < count;)
                sent += socket.Send(buffer.AsSpan(sent, count - sent));
        }

        private bool Fill(Span<byte> buffer)
        {
            for (var filled = 0; filled < buffer.Length;)
            {
                var count = socket.Receive(buffer[filled..]);
                if (count == 0)
                    return false;
                filled += count;
            }

            return true;
        }
    }
}
