using System.Numerics;
using System.Runtime.InteropServices;
using FlGlm.Client.Data;

namespace FlGlm.Client.Generation;

/// <summary>Draws a token by its probability, after temperature, top-k and top-p as Hugging Face defines and orders them.</summary>
internal sealed class TokenSampler(double temperature, int topK, double topP)
{
    private int[] _tokens = [];
    private float[] _weights = [];

    /// <param name="logits">[V]</param>
    /// <returns>null if no logit is a number</returns>
    public int? Draw(ReadOnlySpan<float> logits, SplitMix64 random)
    {
        var tokens = Keep(logits);
        var weights = _weights.AsSpan(0, tokens.Length);
        var left = random.NextDouble() * Sum(weights);
        int? drawn = null;
        for (var i = 0; i < tokens.Length && left >= 0; i++)
        {
            if (weights[i] > 0)
                drawn = tokens[i];
            left -= weights[i];
        }

        return drawn;
    }

    /// <returns>the tokens that may be drawn</returns>
    public ReadOnlySpan<int> Keep(ReadOnlySpan<float> logits)
    {
        if (_tokens.Length < logits.Length)
            (_tokens, _weights) = (new int[logits.Length], new float[logits.Length]);
        var kept = Collect(logits, Floor(logits));
        Exponentials(_weights.AsSpan(0, kept));
        return _tokens.AsSpan(0, topP < 1 && kept > 0 ? Nucleus(kept) : kept);
    }

    /// <returns>the k-th largest logit; all logits equal to it are kept</returns>
    private float Floor(ReadOnlySpan<float> logits)
    {
        if (topK == 0 || topK >= logits.Length)
            return float.NegativeInfinity;
        var best = new TopCandidates(topK);
        best.Offer(logits);
        return best.Floor;
    }

    /// <summary>Collects the tokens whose logit is at least the floor, with the logarithms of their weights; the largest weight is 1.</summary>
    private int Collect(ReadOnlySpan<float> logits, float floor)
    {
        var max = Logits.Max(logits);
        var kept = 0;
        for (var token = 0; token < logits.Length; token++)
        {
            var logit = logits[token];
            if (!(logit >= floor) || float.IsNegativeInfinity(logit))
                continue;
            _tokens[kept] = token;
            _weights[kept++] = logit == max ? 0 : (float)((logit - max) / temperature);
        }

        return kept;
    }

    private static void Exponentials(Span<float> values)
    {
        var blocks = MemoryMarshal.Cast<float, Vector<float>>(values);
        for (var block = 0; block < blocks.Length; block++)
            blocks[block] = Vector.Exp(blocks[block]);
        foreach (ref var value in values[(blocks.Length * Vector<float>.Count)..])
            value = MathF.Exp(value);
    }

    /// <summary>Moves the smallest set that reaches top_p of the whole to the front, without sorting: quickselect by weight.</summary>
    private int Nucleus(int count)
    {
        var missing = topP * Sum(_weights.AsSpan(0, count));
        var (kept, end) = (0, count);
        while (kept < end && missing > 0)
        {
            var pivot = _weights[kept + ((end - kept) / 2)];
            var (same, less) = Partition(kept, end, pivot);
            var more = Sum(_weights.AsSpan(kept..same));
            if (more >= missing)
            {
                end = same;
                continue;
            }

            missing -= more;
            for (kept = same; kept < less && missing > 0; kept++)
                missing -= pivot;
        }

        return kept;
    }

    /// <summary>Orders a range by weight: greater than the pivot, equal, less.</summary>
    /// <returns>the start of the equal and of the lesser weights</returns>
    private (int Same, int Less) Partition(int start, int end, float pivot)
    {
        var (same, less) = (start, end);
        for (var i = start; i < less;)
        {
            if (_weights[i] > pivot)
                Swap(i++, same++);
            else if (_weights[i] < pivot)
                Swap(i, --less);
            else
                i++;
        }

        return (same, less);
    }

    private void Swap(int a, int b)
    {
        (_weights[a], _weights[b]) = (_weights[b], _weights[a]);
        (_tokens[a], _tokens[b]) = (_tokens[b], _tokens[a]);
    }

    private static double Sum(ReadOnlySpan<float> weights)
    {
        var sum = 0d;
        foreach (var weight in weights)
            sum += weight;
        return sum;
    }
}
