using FlGlm.Core.Models;
using static TorchSharp.torch;

namespace FlGlm.Core.Splitting;

/// <summary>One block's keys and values of every token read so far, in buffers with spare slots.</summary>
/// <param name="prefix">the keys and values before the first token; used in the first call only</param>
internal sealed class BlockCache(IBlockPast? prefix) : IBlockPast, IDisposable
{
    private Tensor? _keys;
    private Tensor? _values;
    private IBlockPast? _prefix = prefix;
    private long _slots;

    /// <summary>Appends the new keys and values.</summary>
    /// <inheritdoc/>
    public (Tensor Key, Tensor Value) Join(Tensor key, Tensor value)
    {
        if (_prefix is { } prefix)
            (key, value) = prefix.Join(key, value);
        _prefix = null;
        var first = _slots;
        _slots += key.shape[2];
        _keys = Append(_keys, first, key);
        _values = Append(_values, first, value);
        return (_keys.narrow(2, 0, _slots), _values.narrow(2, 0, _slots));
    }

    /// <param name="rows">[R] int64</param>
    public void Select(Tensor rows)
    {
        _keys = Replace(_keys!, _keys!.index_select(0, rows));
        _values = Replace(_values!, _values!.index_select(0, rows));
    }

    public void Dispose()
    {
        _keys?.Dispose();
        _values?.Dispose();
    }

    private Tensor Append(Tensor? buffer, long first, Tensor added)
    {
        if (buffer is null || buffer.shape[2] < _slots)
        {
            long[] shape = [added.shape[0], added.shape[1], KeyValueCache.Capacity(_slots), added.shape[3]];
            var grown = empty(shape, dtype: added.dtype, device: added.device);
            if (buffer is not null)
                grown.narrow(2, 0, first).copy_(buffer.narrow(2, 0, first));
            buffer = Replace(buffer, grown);
        }

        buffer.narrow(2, first, added.shape[2]).copy_(added);
        return buffer;
    }

    /// <summary>Detaches the buffer from the dispose scope of the call that created it.</summary>
    private static Tensor Replace(Tensor? old, Tensor buffer)
    {
        old?.Dispose();
        return buffer.DetachFromDisposeScope();
    }
}
