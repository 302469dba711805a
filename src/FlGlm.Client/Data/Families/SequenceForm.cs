namespace FlGlm.Client.Data.Families;

/// <summary>The marks around a prompt and its answer: opening, prompt, answer marks, answer, closing.</summary>
/// <param name="Opening">Before the prompt.</param>
/// <param name="AnswerMarks">Between the prompt and its answer.</param>
/// <param name="LearntMarks">How many of the answer marks, the last ones, are learnt.</param>
/// <param name="Closing">After the answer, learnt.</param>
internal sealed record SequenceForm(IReadOnlyList<int> Opening, IReadOnlyList<int> AnswerMarks, int LearntMarks, IReadOnlyList<int> Closing)
{
    /// <summary>Marks of a whole sequence.</summary>
    internal int MarkCount => Opening.Count + AnswerMarks.Count + Closing.Count;

    /// <summary>A prompt up to where its answer begins.</summary>
    internal int[] Prompt(IEnumerable<int> prompt) => [.. Opening, .. prompt, .. AnswerMarks];

    /// <summary>A prompt with its answer, which is learnt.</summary>
    internal Example Sample(IReadOnlyList<int> prompt, IReadOnlyList<int> answer) => Sample([new EncodedTurn(prompt, answer)], [true], learnsRest: false);

    /// <summary>A dialogue.</summary>
    /// <param name="turns">The last one's answer ends the row.</param>
    /// <param name="learnt">Whose answers are learnt, one for each turn.</param>
    /// <param name="learnsRest">Whether everything that is no answer is learnt too.</param>
    internal Example Sample(IReadOnlyList<EncodedTurn> turns, IReadOnlyList<bool> learnt, bool learnsRest)
    {
        var row = new List<(int Id, bool IsLearnt)>();
        Add(Opening, learnsRest);
        for (var turn = 0; turn < turns.Count; turn++)
        {
            var isLast = turn == turns.Count - 1;
            Add(turns[turn].Question, learnsRest);
            Add(isLast ? AnswerMarks.SkipLast(LearntMarks) : [], learnsRest);
            Add(isLast ? AnswerMarks.TakeLast(LearntMarks) : [], learnt[turn]);
            Add(turns[turn].Answer, learnt[turn]);
        }

        Add(Closing, learnt[^1]);
        return new Example([.. row.Select(token => token.Id)], [.. row.Select(token => token.IsLearnt ? token.Id : Example.Ignored)]);

        void Add(IEnumerable<int> ids, bool isLearnt) => row.AddRange(ids.Select(id => (id, isLearnt)));
    }
}
