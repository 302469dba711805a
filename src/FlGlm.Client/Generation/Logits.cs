using System.Numerics;
using System.Runtime.InteropServices;

namespace FlGlm.Client.Generation;

/// <summary>Functions on one row's logits [V]. NaN counts as minus infinity.</summary>
internal static class Logits
{
    /// <returns>the largest; minus infinity if none is a number</returns>
    public static float Max(ReadOnlySpan<float> logits)
    {
        var blocks = MemoryMarshal.Cast<float, Vector<float>>(logits);
        var largest = new Vector<float>(float.NegativeInfinity);
        foreach (var block in blocks)
            largest = Vector.ConditionalSelect(Vector.GreaterThan(block, largest), block, largest);
        var max = float.NegativeInfinity;
        for (var lane = 0; lane < Vector<float>.Count; lane++)
            max = largest[lane] > max ? largest[lane] : max;
        foreach (var logit in logits[(blocks.Length * Vector<float>.Count)..])
            max = logit > max ? logit : max;
        return max;
    }

    /// <returns>the index of the largest, the first of equal ones; null if all are minus infinity</returns>
    public static int? ArgMax(ReadOnlySpan<float> logits)
    {
        var max = Max(logits);
        if (float.IsNegativeInfinity(max))
            return null;
        var blocks = MemoryMarshal.Cast<float, Vector<float>>(logits);
        var sought = new Vector<float>(max);
        var block = 0;
        while (block < blocks.Length && !Vector.EqualsAny(blocks[block], sought))
            block++;
        var id = block * Vector<float>.Count;
        while (logits[id] != max)
            id++;
        return id;
    }

    /// <summary>Subtracts the logarithm of the sum of exponentials from all logits.</summary>
    public static void ToLogProbabilities(Span<float> logits)
    {
        var max = Max(logits);
        var logSum = (float)Math.Log(SumOfExponentials(logits, max));
        var blocks = MemoryMarshal.Cast<float, Vector<float>>(logits);
        for (var block = 0; block < blocks.Length; block++)
            blocks[block] = blocks[block] - new Vector<float>(max) - new Vector<float>(logSum);
        for (var id = blocks.Length * Vector<float>.Count; id < logits.Length; id++)
            logits[id] = logits[id] - max - logSum;
    }

    private static double SumOfExponentials(ReadOnlySpan<float> logits, float max)
    {
        var blocks = MemoryMarshal.Cast<float, Vector<float>>(logits);
        var sums = Vector<double>.Zero;
        foreach (var block in blocks)
        {
            var exponentials = Vector.Exp(block - new Vector<float>(max));
            exponentials = Vector.ConditionalSelect(Vector.GreaterThan(exponentials, Vector<float>.Zero), exponentials, Vector<float>.Zero);
            Vector.Widen(exponentials, out var low, out var high);
            sums += low + high;
        }

        var sum = Vector.Sum(sums);
        foreach (var logit in logits[(blocks.Length * Vector<float>.Count)..])
            sum += float.IsNaN(logit) ? 0 : MathF.Exp(logit - max);
        return sum;
    }
}
