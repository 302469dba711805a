using System.Numerics;
using System.Runtime.InteropServices;

namespace FlGlm.Client.Generation;

/// <summary>Selects the best few of many tokens; of equal ones the first. Minus infinity and NaN are never selected.</summary>
/// <param name="count">how many to keep, 1 or more</param>
internal sealed class TopCandidates(int count)
{
    private readonly PriorityQueue<Candidate, (float Score, int Earliness)> _worstFirst = new();
    private int _seen;

    /// <summary>A token must exceed this score to be selected: the lowest score kept, or minus infinity while fewer than count are kept.</summary>
    public float Floor { get; private set; } = float.NegativeInfinity;

    /// <summary>Offers every token of a beam.</summary>
    /// <param name="scores">[V]</param>
    /// <param name="beamScore">added to each score</param>
    public void Offer(ReadOnlySpan<float> scores, int beam = 0, float beamScore = 0)
    {
        var blocks = MemoryMarshal.Cast<float, Vector<float>>(scores);
        var added = new Vector<float>(beamScore);
        for (var block = 0; block < blocks.Length; block++)
        {
            if (Vector.GreaterThanAny(blocks[block] + added, new Vector<float>(Floor)))
                Offer(scores, block * Vector<float>.Count, Vector<float>.Count, beam, beamScore);
        }

        var done = blocks.Length * Vector<float>.Count;
        Offer(scores, done, scores.Length - done, beam, beamScore);
    }

    /// <returns>the selected candidates, the best first</returns>
    public Candidate[] BestFirst()
    {
        var best = new Candidate[_worstFirst.Count];
        for (var rank = best.Length - 1; rank >= 0; rank--)
            best[rank] = _worstFirst.Dequeue();
        return best;
    }

    private void Offer(ReadOnlySpan<float> scores, int start, int length, int beam, float beamScore)
    {
        for (var token = start; token < start + length; token++)
        {
            var score = scores[token] + beamScore;
            if (!(score > Floor))
                continue;
            if (_worstFirst.Count == count)
                _worstFirst.Dequeue();
            _worstFirst.Enqueue(new Candidate(beam, token, score), (score, -_seen++));
            if (_worstFirst.Count == count)
                Floor = _worstFirst.Peek().Score;
        }
    }
}
