namespace FlGlm.Client.Evaluation.Metrics;

/// <summary>
/// Metrics of MultiRC, 0 to 1. SuperGLUE reports <see cref="F1a"/> and <see cref="ExactMatch"/>; the task's own script,
/// <c>multirc_measures.py</c>, has <see cref="F1m"/> and EM1 (<see cref="ExactMatch"/> with one wrong answer) besides.
/// </summary>
public static class MultiRcMetrics
{
    /// <summary>F1 of the right answers, over all answers of all questions.</summary>
    public static double F1a(IReadOnlyList<MultiRcQuestion> questions) =>
        Classification.F1([.. questions.SelectMany(question => question.Answers)], true);

    /// <summary>Share of questions with no more than <paramref name="wrongAnswers"/> answers judged wrongly: EM with 0, EM1 with 1.</summary>
    public static double ExactMatch(IReadOnlyList<MultiRcQuestion> questions, int wrongAnswers = 0) =>
        Mean(questions, question => question.Answers.Count(answer => answer.Predicted != answer.Gold) <= wrongAnswers ? 1 : 0);

    /// <summary>
    /// F1 of the questions' mean precision and mean recall. The precision of a question for which nothing is predicted is 1, and so
    /// is the recall of one without a right answer.
    /// </summary>
    public static double F1m(IReadOnlyList<MultiRcQuestion> questions)
    {
        var precision = Mean(questions, question => Found(question, answer => answer.Predicted));
        var recall = Mean(questions, question => Found(question, answer => answer.Gold));
        return precision + recall == 0 ? 0 : 2 * precision * recall / (precision + recall);
    }

    private static double Found(MultiRcQuestion question, Func<(bool Predicted, bool Gold), bool> counted)
    {
        var all = question.Answers.Count(counted);
        return all == 0 ? 1 : question.Answers.Count(answer => answer.Predicted && answer.Gold) / (double)all;
    }

    private static double Mean(IReadOnlyList<MultiRcQuestion> questions, Func<MultiRcQuestion, double> value) =>
        questions.Count == 0 ? 0 : questions.Average(value);
}
