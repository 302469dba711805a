using FlGlm.Core.Models;
using static TorchSharp.torch;

namespace FlGlm.Privacy.Attacks;

/// <summary>Vectors of rows as they travel: the real tokens of one row after those of the other.</summary>
/// <param name="Vectors">[N, H] float32, N the sum of the lengths; owned by this object</param>
/// <param name="Lengths">of each row</param>
public sealed record PackedRows(Tensor Vectors, IReadOnlyList<int> Lengths) : IDisposable
{
    private readonly int[] _starts = [.. Lengths.Scan()];

    /// <summary>The places of some rows' tokens among all.</summary>
    public long[] PlacesOf(IEnumerable<int> rows) => [.. rows.SelectMany(row => Enumerable.Range(_starts[row], Lengths[row])).Select(place => (long)place)];

    /// <summary>Some rows, padded on the right.</summary>
    /// <returns>[B, T, H] in the caller's dispose scope, and how the rows lie in it</returns>
    public (Tensor Hidden, SequenceLayout Layout) Batch(IReadOnlyList<int> rows)
    {
        var layout = new SequenceLayout([.. rows.Select(row => Lengths[row])]);
        using var scope = NewDisposeScope();
        var (width, device) = (Vectors.shape[1], Vectors.device);
        var packed = Vectors.index_select(0, tensor(PlacesOf(rows), dtype: int64, device: device));
        var padded = zeros(layout.Rows * (long)layout.Length, width, dtype: float32, device: device).index_copy_(0, tensor(layout.RealTokens, dtype: int64, device: device), packed);
        return (padded.view(layout.Rows, layout.Length, width).MoveToOuterDisposeScope(), layout);
    }

    /// <summary>Some rows, in this order.</summary>
    public PackedRows Some(IReadOnlyList<int> rows) => new(Vectors.index_select(0, tensor(PlacesOf(rows), dtype: int64, device: Vectors.device)).DetachFromDisposeScope(), [.. rows.Select(row => Lengths[row])]);

    /// <summary>One of the channels that stand one after the other in each vector.</summary>
    /// <param name="width">H</param>
    public PackedRows Channel(int channel, long width) => new(Vectors.narrow(1, channel * width, width).clone().DetachFromDisposeScope(), Lengths);

    /// <inheritdoc/>
    public void Dispose() => Vectors.Dispose();
}
