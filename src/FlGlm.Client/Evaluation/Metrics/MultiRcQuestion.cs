namespace FlGlm.Client.Evaluation.Metrics;

/// <summary>A question of MultiRC with all its answers: for each, whether it was predicted to be right and whether it is.</summary>
public sealed record MultiRcQuestion(IReadOnlyList<(bool Predicted, bool Gold)> Answers)
{
    /// <summary>Puts the answers of one question together, in the order in which questions and answers come.</summary>
    /// <param name="answers">
    /// each with its question: in MultiRC the numbers of passage and question, since a question's number alone need not be unique
    /// </param>
    public static IReadOnlyList<MultiRcQuestion> Group<TKey>(IEnumerable<(TKey Question, bool Predicted, bool Gold)> answers)
        where TKey : notnull =>
        [.. answers.GroupBy(answer => answer.Question).Select(group =>
            new MultiRcQuestion([.. group.Select(answer => (answer.Predicted, answer.Gold))]))];
}
