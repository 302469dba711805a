using System.Numerics;
using System.Runtime.InteropServices;
using FlGlm.Client.Data;

namespace FlGlm.Client.Generation;

/// <summary>Draws a token by its probability, after temperature, top-k and top-p in Hugging Face's order and meaning.</summary>
internal sealed class TokenSampler(double temperature, int topK, double topP)
{
    private int[] _tokens = [];
    private float[] _weights = [];

    /// <param name="logits">[V]</param>
    /// <returns>null where no logit is a number</returns>
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

    /// <returns>the k-th largest logit, with which all that equal it are kept</returns>
    private float Floor(ReadOnlySpan<float> logits)
    {
        if (topK == 0 || topK >= logits.Length)
            return float.NegativeInfinity;
        var best = new TopCandidates(topK);
        best.Offer(logits);
        return best.Floor;
    }

    /// <summary>The tokens from the floor on, with the logarithms of their weights; the largest weight is 1.</summary>
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

    /// <summary>Moves the smallest set that reaches top_p of the whole to the front.</summary>
    private int Nucleus(int count)
    {
        var total = Sum(_weights.AsSpan(0, count));
        var likely = DropUnlikely(count, (1 - topP) * total / count);
        Array.Sort(_weights, _tokens, 0, likely);
        Array.Reverse(_weights, 0, likely);
        Array.Reverse(_tokens, 0, likely);
        var mass = 0d;
        var kept = 0;
        while (kept == 0 || (kept < likely && mass < topP * total))
            mass += _weights[kept++];
        return kept;
    }

    /// <summary>All of them that weigh less than their share of what top_p leaves out cannot reach that together: no need to sort them.</summary>
    private int DropUnlikely(int count, double share)
    {
        var kept = 0;
        for (var i = 0; i < count; i++)
        {
            if (_weights[i] < share)
                continue;
            (_tokens[kept], _weights[kept]) = (_tokens[i], _weights[i]);
            kept++;
        }

        return kept;
    }

    private static double Sum(ReadOnlySpan<float> weights)
    {
        var sum = 0d;
        foreach (var weight in weights)
            sum += weight;
        return sum;
    }
}
