using FlGlm.Client.Evaluation.Metrics;
using FlGlm.Privacy.Attacks;

namespace FlGlm.Privacy.Metrics;

/// <summary>How much of the client's rows an attack has found; shares of 1.</summary>
/// <param name="Top1">tokens whose first guess is right</param>
/// <param name="Interval">of <paramref name="Top1"/>, 95 %, from resampled rows</param>
/// <param name="Top5">tokens that are among five guesses</param>
/// <param name="ExactRows">rows of which every token is right</param>
/// <param name="Rouge1">F1 of the decoded text by the rules of the package rouge 1.0.1, which the paper's code uses; null without a tokenizer, as those below</param>
/// <param name="Rouge2">the same of pairs of words</param>
/// <param name="RougeL">the same of the longest common subsequence</param>
/// <param name="Bleu4">sentence BLEU of words between blanks with smoothing method 3, mean over rows</param>
/// <param name="Tokens">how many there are</param>
/// <param name="Rows">how many there are</param>
public sealed record TokenScores(
    double Top1, ConfidenceInterval Interval, double Top5, double ExactRows, double? Rouge1, double? Rouge2, double? RougeL, double? Bleu4, int Tokens, int Rows)
{
    /// <summary>Compares guesses with the client's tokens.</summary>
    /// <param name="decode">the text of tokens; null = no texts are compared</param>
    public static TokenScores Of(TokenGuesses guesses, long[] ids, Func<IEnumerable<int>, string>? decode = null, long seed = 0)
    {
        ArgumentNullException.ThrowIfNull(guesses);
        ArgumentNullException.ThrowIfNull(ids);
        List<RowScore> rows = [.. guesses.Lengths.Scan().Zip(guesses.Lengths, (start, length) => ScoreRow(guesses, ids, start, length, decode))];
        var tokens = rows.Sum(row => row.Tokens);
        return new TokenScores(
            Top1Of(rows),
            Bootstrap.Interval(rows, Top1Of, seed: seed),
            rows.Sum(row => row.Top5) / (double)tokens,
            rows.Count(row => row.Top1 == row.Tokens) / (double)rows.Count,
            Mean(row => row.Rouge?.One),
            Mean(row => row.Rouge?.Two),
            Mean(row => row.Rouge?.L),
            Mean(row => row.Rouge is null ? null : row.Bleu),
            tokens,
            rows.Count);

        double? Mean(Func<RowScore, double?> of) => rows.Average(of);
    }

    /// <summary>The score of always guessing the client's most frequent token: what an attack that has learnt nothing of the vectors can reach.</summary>
    public static double Baseline(long[] ids) => ids.CountBy(id => id).Max(token => token.Value) / (double)ids.Length;

    private static double Top1Of(IReadOnlyList<RowScore> rows) => rows.Sum(row => row.Top1) / (double)rows.Sum(row => row.Tokens);

    private static RowScore ScoreRow(TokenGuesses guesses, long[] ids, int start, int length, Func<IEnumerable<int>, string>? decode)
    {
        var places = Enumerable.Range(start, length).ToArray();
        var (top1, top5) = (places.Count(place => guesses.First(place) == ids[place]), places.Count(place => guesses.Has(place, ids[place])));
        if (decode is null)
            return new RowScore(length, top1, top5, null, 0);
        var text = decode(places.Select(guesses.First).Where(id => id >= 0).Select(id => (int)id));
        var truth = decode(places.Select(place => (int)ids[place]));
        var rouge = PltrdyRouge.Score(text, truth);
        var bleu = SentenceBleu.Score(Words(text), [Words(truth)]);
        return new RowScore(length, top1, top5, (rouge.Rouge1.F1, rouge.Rouge2.F1, rouge.RougeL.F1), bleu);
    }

    private static string[] Words(string text) => text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
}
