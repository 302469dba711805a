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

    /// <summary>A prompt with its answer.</summary>
    internal Example Sample(IEnumerable<int> prompt, IReadOnlyList<int> answer, LossTarget lossOn)
    {
        int[] ids = [.. Prompt(prompt), .. answer, .. Closing];
        return Example.WithTargets(ids, lossOn == LossTarget.All ? ids.Length : LearntMarks + answer.Count + Closing.Count);
    }
}
