using FlGlm.Client.Tasks;

namespace FlGlm.Client.Evaluation;

/// <summary>A prompt that is computed once, and the answers whose probabilities behind it are wanted.</summary>
/// <param name="Shared">[T] what the rows of all answers begin with, up to the first token that is judged in any</param>
/// <param name="Answers">what follows it in each row</param>
internal sealed record CandidatePrompt(int[] Shared, IReadOnlyList<CandidateTokens> Answers)
{
    /// <summary>A question with its answers to choose from.</summary>
    /// <param name="withEnd">whether the token that ends an answer is judged too, unless every answer is a single token</param>
    public static CandidatePrompt Of(EncodedQuestion question, bool withEnd)
    {
        var single = question.Turns.All(turn => turn.Answer.Count == 1);
        IReadOnlyList<int> end = withEnd && !single ? question.Form.Closing : [];
        int[][] prompts = [.. Enumerable.Range(0, question.Turns.Count).Select(question.Prompt)];
        var shared = prompts.Aggregate((common, prompt) => common[..common.Zip(prompt).TakeWhile(pair => pair.First == pair.Second).Count()]);
        return new CandidatePrompt(
            shared,
            [.. question.Turns.Select((turn, index) => new CandidateTokens([.. prompts[index][shared.Length..], .. turn.Answer, .. end], prompts[index].Length - shared.Length))]);
    }
}
