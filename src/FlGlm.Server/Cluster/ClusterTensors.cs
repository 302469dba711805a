using System.Text.Json;
using FlGlm.Core.Checkpoints;
using FlGlm.Core.Peft;
using static TorchSharp.torch;

namespace FlGlm.Server.Cluster;

/// <summary>Named tensors as messages between servers: one with names, types and shapes, then the bytes, in pieces.</summary>
internal static class ClusterTensors
{
    /// <summary>A message is no larger, whatever the tensors are: both sides hold one beside them.</summary>
    internal const int PieceBytes = 1 << 24;

    /// <param name="values">in the processor's memory; null = there are none</param>
    public static async Task SendAsync(ICluster cluster, int rank, ParameterSet? values, CancellationToken ct)
    {
        var specs = values?.Tensors.Select(tensor => new Spec(tensor.Name, ElementTypes.FromScalarType(tensor.Value.dtype), tensor.Value.shape));
        await cluster.SendAsync(rank, ClusterTag.Values, JsonSerializer.SerializeToUtf8Bytes(specs), ct).ConfigureAwait(false);
        foreach (var (_, value) in values?.Tensors ?? [])
        {
            using var flat = Flat(value);
            foreach (var (offset, count) in Pieces(flat))
            {
                using var piece = flat.narrow(0, offset, count);
                await cluster.SendAsync(rank, ClusterTag.Values, piece.bytes.ToArray(), ct).ConfigureAwait(false);
            }
        }
    }

    /// <returns>what the other has sent, which the caller disposes; null where it has none</returns>
    public static async Task<ParameterSet?> ReceiveAsync(ICluster cluster, int rank, CancellationToken ct)
    {
        var header = await cluster.ReceiveAsync(rank, ClusterTag.Values, ct).ConfigureAwait(false);
        if (JsonSerializer.Deserialize<Spec[]?>(header) is not { } specs)
            return null;
        var values = new ParameterSet([.. specs.Select(spec => (spec.Name, empty(spec.Shape, dtype: spec.Type.ToScalarType()).DetachFromDisposeScope()))]);
        try
        {
            foreach (var (_, value) in values.Tensors)
                await FillAsync(value, cluster, rank, ct).ConfigureAwait(false);
            return values;
        }
        catch
        {
            values.Dispose();
            throw;
        }
    }

    private static async Task FillAsync(Tensor value, ICluster cluster, int rank, CancellationToken ct)
    {
        using var flat = Flat(value); // the same memory: it is contiguous
        foreach (var (offset, count) in Pieces(flat))
        {
            var bytes = await cluster.ReceiveAsync(rank, ClusterTag.Values, ct).ConfigureAwait(false);
            using var piece = flat.narrow(0, offset, count);
            bytes.CopyTo(piece.bytes);
        }
    }

    private static IEnumerable<(long Offset, long Count)> Pieces(Tensor flat)
    {
        var most = PieceBytes / flat.element_size();
        for (var offset = 0L; offset < flat.numel(); offset += most)
            yield return (offset, Math.Min(most, flat.numel() - offset));
    }

    private static Tensor Flat(Tensor value)
    {
        using var scope = NewDisposeScope();
        return value.contiguous().flatten().DetachFromDisposeScope();
    }

    private sealed record Spec(string Name, ElementType Type, long[] Shape);
}
