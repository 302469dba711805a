using FlGlm.Client.Evaluation;
using FlGlm.Client.Tests.Generation;

namespace FlGlm.Client.Tests.Evaluation;

/// <summary>Every scoring rule on a model whose logits are known: the probabilities are computed here by hand.</summary>
public sealed class CandidateScorerTests
{
    private const int Vocabulary = 7;

    [Fact]
    public async Task An_answer_of_one_token_scores_its_log_probability_and_takes_no_pass_of_its_own()
    {
        var decoder = new ScriptedDecoder(_ => [0, MathF.Log(1), MathF.Log(2), MathF.Log(5), float.NegativeInfinity]);

        var scores = await new CandidateScorer(decoder, lengthPenalty: 0).ScoreAsync([Prompt([1, 2], [[1], [2], [3]])], default);

        Assert.Equal([Math.Log(1 / 9.0), Math.Log(2 / 9.0), Math.Log(5 / 9.0)], scores[0], (one, other) => Math.Abs(one - other) < 1e-6);
        Assert.Equal([1], decoder.RowsOfCalls);
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(1.0)]
    [InlineData(0.7)]
    public async Task An_answer_of_several_tokens_scores_the_sum_of_their_log_probabilities_divided_by_its_length_to_the_penalty(double penalty)
    {
        var decoder = new ScriptedDecoder(ids => ScriptedDecoder.Hashed(ids, Vocabulary));
        int[][] first = [[1], [2, 3], [4, 5, 6]];
        int[][] second = [[6, 6], [0]];

        var scores = await new CandidateScorer(decoder, penalty).ScoreAsync([Prompt([1, 2], first), Prompt([3], second)], default);

        Close(first.Select(answer => Alone([1, 2], answer) / Math.Pow(answer.Length, penalty)), scores[0]);
        Close(second.Select(answer => Alone([3], answer) / Math.Pow(answer.Length, penalty)), scores[1]);
        Assert.Equal([2, 3], decoder.RowsOfCalls);  // two prompts once, and three answers that have more than one token
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Tokens_that_still_belong_to_the_prompt_are_read_and_not_judged(int given)
    {
        var decoder = new ScriptedDecoder(ids => ScriptedDecoder.Hashed(ids, Vocabulary));
        var prompt = new CandidatePrompt([1, 2], [new CandidateTokens([3, 4, 5], given)]);

        var scores = await new CandidateScorer(decoder, lengthPenalty: 1).ScoreAsync([prompt], default);

        int[] whole = [1, 2, 3, 4, 5];
        Close([Alone(whole[..(2 + given)], whole[(2 + given)..]) / (3 - given)], scores[0]);
    }

    /// <summary>The same by one forward for every token.</summary>
    private static double Alone(int[] prompt, int[] answer) => answer.Index().Sum(token =>
    {
        var logits = ScriptedDecoder.Hashed([.. prompt, .. answer[..token.Index]], Vocabulary);
        return logits[token.Item] - Math.Log(logits.Sum(logit => Math.Exp(logit)));
    });

    private static void Close(IEnumerable<double> expected, double[] scores) =>
        Assert.Equal(expected, scores, (one, other) => Math.Abs(one - other) < 1e-5);

    private static CandidatePrompt Prompt(int[] shared, int[][] answers) => new(shared, [.. answers.Select(answer => new CandidateTokens(answer, 0))]);
}
