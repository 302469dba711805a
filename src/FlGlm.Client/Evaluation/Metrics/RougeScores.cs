namespace FlGlm.Client.Evaluation.Metrics;

/// <summary>ROUGE of one text or the mean of several, by one of <see cref="GoogleRouge"/>, <see cref="PltrdyRouge"/> and <see cref="ChineseRouge"/>.</summary>
/// <param name="Rouge1">shared words</param>
/// <param name="Rouge2">shared pairs of words</param>
/// <param name="RougeL">longest common subsequence; what it goes over is said by the variant</param>
/// <param name="RougeLsum">the summary's longest common subsequences, line by line; only <see cref="GoogleRouge"/> tells it from RougeL</param>
public sealed record RougeScores(OverlapScore Rouge1, OverlapScore Rouge2, OverlapScore RougeL, OverlapScore? RougeLsum = null)
{
    /// <summary>The arithmetic mean of each number, as papers report it; of none, 0.</summary>
    public static RougeScores Mean(IReadOnlyCollection<RougeScores> scores)
    {
        ArgumentNullException.ThrowIfNull(scores);
        return new RougeScores(
            Mean([.. scores.Select(score => score.Rouge1)]),
            Mean([.. scores.Select(score => score.Rouge2)]),
            Mean([.. scores.Select(score => score.RougeL)]),
            scores.Count > 0 && scores.All(score => score.RougeLsum is not null) ? Mean([.. scores.Select(score => score.RougeLsum!.Value)]) : null);
    }

    private static OverlapScore Mean(OverlapScore[] scores) => scores.Length == 0
        ? default
        : new OverlapScore(scores.Average(score => score.Precision), scores.Average(score => score.Recall), scores.Average(score => score.F1));
}
