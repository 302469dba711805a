using FlGlm.Core.Compute;
using static TorchSharp.torch;

namespace FlGlm.Core.Models;

/// <summary>Masks to add to attention scores: 0 = visible, -inf = hidden.</summary>
internal static class CausalMask
{
    /// <summary>Every token sees the prefix, its row's context, itself and what stands before it.</summary>
    /// <returns>
    /// [T, L + T], or [B, 1, T, L + T] where rows have contexts; float32. Null where rows are causal throughout and nothing stands before them:
    /// attention needs no table for that.
    /// </returns>
    public static Tensor? Of(SequenceLayout layout, int prefixLength, Device device)
    {
        if (layout.Contexts is null && prefixLength == 0)
            return null;
        var mask = Of(layout.Length, device);
        if (layout.Contexts is not null)
            mask = mask.repeat(layout.Rows, 1, 1, 1);
        foreach (var (row, context) in (layout.Contexts ?? []).Index())
            mask.narrow(0, row, 1).narrow(3, 0, context.Length).zero_();
        long[] front = [.. mask.shape[..^1], prefixLength];
        return cat([zeros(front, dtype: float32, device: device), mask], -1);
    }

    /// <returns>[T, T], float32: every token sees itself and what stands before it</returns>
    public static Tensor Of(long length, Device device) =>
        empty([length, length], dtype: float32, device: device).FillInPlace(float.NegativeInfinity).triu(1);
}
