namespace FlGlm.Client.Evaluation.Metrics;

/// <summary>
/// What SuperGLUE reports of ReCoRD, 0 to 1, for one query or as the mean over queries. The rules are those of the task's scorer, which
/// are SQuAD's, with GLM's <c>unidecode</c>: text is compared in lower case and ASCII letters, without punctuation and a, an, the.
/// </summary>
/// <param name="F1">F1 of the words that prediction and answer share, counted with their repetitions; of several answers, the best</param>
/// <param name="ExactMatch">1 where the prediction is one of the answers</param>
public sealed record ReCordScore(double F1, double ExactMatch)
{
    /// <summary>The score of one query, which has one or more right answers.</summary>
    public static ReCordScore Of(string prediction, IEnumerable<string> answers)
    {
        ArgumentNullException.ThrowIfNull(answers);
        var predicted = AnswerText.Words(prediction);
        var best = new ReCordScore(0, 0);
        foreach (var answer in answers.Select(AnswerText.Words))
        {
            best = new ReCordScore(
                Math.Max(best.F1, WordF1(predicted, answer)),
                Math.Max(best.ExactMatch, predicted.SequenceEqual(answer, StringComparer.Ordinal) ? 1 : 0));
        }

        return best;
    }

    /// <summary>The mean over queries, which is what SuperGLUE reports; of none, 0.</summary>
    public static ReCordScore Mean(IReadOnlyCollection<ReCordScore> queries)
    {
        ArgumentNullException.ThrowIfNull(queries);
        return queries.Count == 0
            ? new ReCordScore(0, 0)
            : new ReCordScore(queries.Average(query => query.F1), queries.Average(query => query.ExactMatch));
    }

    private static double WordF1(string[] predicted, string[] answer)
    {
        var left = answer.CountBy(word => word, StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal);
        var shared = 0;
        foreach (var word in predicted)
        {
            if (left.TryGetValue(word, out var count) && count > 0)
            {
                shared++;
                left[word] = count - 1;
            }
        }

        if (shared == 0)
            return 0;
        var precision = shared / (double)predicted.Length;
        var recall = shared / (double)answer.Length;
        return 2 * precision * recall / (precision + recall);
    }
}
