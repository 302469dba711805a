using System.Text;

namespace FlGlm.Client.Tokenizers;

/// <summary>
/// The best way to cut a text into a Unigram model's pieces (SentencePiece, unigram_model.cc). Paths of equal score, such as those of repeated
/// characters, are told apart by the rounding of single-precision sums, so that these are the same sums in the same order; the engine's, in double
/// precision, choose others.
/// </summary>
internal sealed class UnigramModel : IPieceModel
{
    /// <summary>What an unknown character costs beside the least likely piece.</summary>
    private const float UnknownPenalty = 10;

    /// <summary>SentencePiece takes the highest score from here on up (FLT_MIN), although the scores are below 0.</summary>
    private const float LowestHighest = 1.17549435e-38f;

    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _ids;
    private readonly double[] _scores;
    private readonly int[] _bytes;
    private readonly float _unknownScore;
    private readonly int _unknown;
    private readonly int _longest;

    internal UnigramModel(SentencePieceModel model)
    {
        var pieces = model.Pieces;
        var normal = pieces.Where(piece => piece.Kind == PieceKind.Normal).Select(piece => piece.Score).DefaultIfEmpty().ToArray();
        var highest = Math.Max(LowestHighest, normal.Max());
        _unknown = model.UnknownId;
        _unknownScore = normal.Min() - UnknownPenalty;
        var ids = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var id = 0; id < pieces.Count; id++)
        {
            if (pieces[id].Kind is PieceKind.Normal or PieceKind.UserDefined)
                ids[pieces[id].Text] = id;
        }

        _ids = ids.GetAlternateLookup<ReadOnlySpan<char>>();
        _longest = ids.Keys.Select(piece => piece.Length).DefaultIfEmpty().Max();
        _scores = [.. pieces.Select(piece => piece.Kind == PieceKind.UserDefined
            ? (Encoding.UTF8.GetByteCount(piece.Text) * highest) - 0.1 : piece.Score)];
        _bytes = model.ByteFallback ? new int[256] : [];
        for (var id = 0; id < pieces.Count && model.ByteFallback; id++)
        {
            if (pieces[id].Kind == PieceKind.Byte)
                _bytes[PieceDecoder.ByteOf(pieces[id].Text)] = id;
        }
    }

    public int[] Encode(string text)
    {
        var best = new (float Score, int Start, int Id)[text.Length + 1];
        Array.Fill(best, (0f, -1, 0));
        for (var start = 0; start < text.Length;)
        {
            var character = char.IsSurrogatePair(text, start) ? 2 : 1;
            var isKnown = false;
            for (var length = 1; length <= Math.Min(_longest, text.Length - start); length++)
            {
                if (!_ids.TryGetValue(text.AsSpan(start, length), out var id))
                    continue;
                Offer(start, length, id, _scores[id] + best[start].Score);
                isKnown |= length == character;
            }

            if (!isKnown)
                Offer(start, character, _unknown, _unknownScore + best[start].Score);
            start += character;
        }

        return Path(text, best);

        void Offer(int start, int length, int id, double candidate)
        {
            ref var end = ref best[start + length];
            if (end.Start < 0 || candidate > end.Score)
                end = ((float)candidate, start, id);
        }
    }

    /// <summary>The best path from its end to its beginning. Unknown characters side by side are one unknown piece, or their bytes.</summary>
    private int[] Path(string text, (float Score, int Start, int Id)[] best)
    {
        var ids = new List<int>();
        for (var end = text.Length; end > 0; end = best[end].Start)
        {
            if (best[end].Id != _unknown)
                ids.Add(best[end].Id);
            else if (_bytes.Length > 0)
                ids.AddRange(Encoding.UTF8.GetBytes(text, best[end].Start, end - best[end].Start).Reverse().Select(value => _bytes[value]));
            else if (ids is not [.., var last] || last != _unknown)
                ids.Add(_unknown);
        }

        ids.Reverse();
        return [.. ids];
    }
}
