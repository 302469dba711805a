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
        var slots = _slots + key.shape[2];
        _keys = Append(_keys, slots, key);
        _values = Append(_values, slots, value);
        (_prefix, _slots) = (null, slots);
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

    /// <summary>Copies first and replaces then: a copy that fails leaves the old buffer as it is.</summary>
    private Tensor Append(Tensor? buffer, long slots, Tensor added)
    {
        if (buffer is not null && buffer.shape[2] >= slots)
        {
            buffer.narrow(2, _slots, added.shape[2]).copy_(added);
            return buffer;
        }

        long[] shape = [added.shape[0], added.shape[1], KeyValueCache.Capacity(slots), added.shape[3]];
        var grown = empty(shape, dtype: added.dtype, device: added.device);
        if (buffer is not null)
            grown.narrow(2, 0, _slots).copy_(buffer.narrow(2, 0, _slots));
        grown.narrow(2, _slots, added.shape[2]).copy_(added);
        return Replace(buffer, grown);
    }

    /// <summary>Detaches the buffer from the dispose scope of the call that created it.</summary>
    private static Tensor Replace(Tensor? old, Tensor buffer)
    {
        old?.Dispose();
        return buffer.DetachFromDisposeScope();
    }
}
