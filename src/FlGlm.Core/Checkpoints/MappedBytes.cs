using Microsoft.Win32.SafeHandles;

namespace FlGlm.Core.Checkpoints;

/// <summary>The bytes of a mapped file. While it exists the memory stays mapped, even if another thread closes the file.</summary>
internal readonly unsafe ref struct MappedBytes : IDisposable
{
    private readonly SafeMemoryMappedViewHandle _view;
    private readonly byte* _start;
    private readonly long _length;

    /// <exception cref="ObjectDisposedException">The file is closed.</exception>
    public MappedBytes(SafeMemoryMappedViewHandle view, long length)
    {
        byte* start = null;
        view.AcquirePointer(ref start);
        (_view, _length) = (view, length);
        _start = start;
    }

    /// <summary>Bytes of the file; the caller has checked that they lie in it. Not to be used after <see cref="Dispose"/>.</summary>
    public ReadOnlySpan<byte> Slice(long offset, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, _length - offset);
        return new ReadOnlySpan<byte>(_start + offset, length);
    }

    public void Dispose() => _view.ReleasePointer();
}
