using System.Buffers;

namespace FlGlm.Core.Wire;

/// <summary>
/// The memory blocks of the pipes. One block holds four sealed segments, so most segments lie in one block, and one system call moves
/// 256 KiB, which would take about sixty calls with the usual blocks of 4 KiB.
/// </summary>
internal sealed class TransportBuffers : MemoryPool<byte>
{
    public const int BlockBytes = (4 * (Segment.Bytes + IFrameCipher.TagBytes)) + 4096;
    private const int Kept = 32;
    private readonly Stack<Block> _free = new(Kept);
    private readonly Lock _gate = new();

    private TransportBuffers()
    {
    }

    public static TransportBuffers Instance { get; } = new();

    public override int MaxBufferSize => BlockBytes;

    public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(minBufferSize, BlockBytes);
        lock (_gate)
        {
            if (_free.TryPop(out var block))
                return block;
        }
        return new Block(this);
    }

    /// <summary>The pool lives as long as the process.</summary>
    protected override void Dispose(bool disposing)
    {
    }

    private void Return(Block block)
    {
        lock (_gate)
        {
            if (_free.Count < Kept)
                _free.Push(block);
        }
    }

    private sealed class Block(TransportBuffers pool) : IMemoryOwner<byte>
    {
        private readonly byte[] _bytes = GC.AllocateUninitializedArray<byte>(BlockBytes, pinned: true);

        public Memory<byte> Memory => _bytes;

        public void Dispose() => pool.Return(this);
    }
}
