using FlGlm.Client.Generation;

namespace FlGlm.Client.Tests.Generation;

public sealed class LogitsRulesTests
{
    private const float No = float.NegativeInfinity;

    [Theory]
    [InlineData(2, new float[] { 1, -4, 1, 0 })]
    [InlineData(0.5, new float[] { 4, -1, 1, 0 })]
    [InlineData(1, new float[] { 2, -2, 1, 0 })]
    public void A_token_of_the_row_is_penalised_once(double penalty, float[] expected) =>
        Assert.Equal(expected, Apply(new() { RepetitionPenalty = penalty }, [2, -2, 1, 0], [0, 1, 1, 3], promptLength: 2));

    [Theory]
    [InlineData(1, new[] { 2, 3 }, new float[] { 1, 1, No, No })]
    [InlineData(2, new[] { 2, 3, 1, 2 }, new float[] { 1, 1, 1, No })]
    [InlineData(2, new[] { 2, 3, 2, 1, 2 }, new float[] { 1, No, 1, No })]
    [InlineData(2, new[] { 1, 1 }, new float[] { 1, No, 1, 1 })]
    [InlineData(3, new[] { 1, 2, 3, 1, 2 }, new float[] { 1, 1, 1, No })]
    [InlineData(3, new[] { 1, 2 }, new float[] { 1, 1, 1, 1 })]
    [InlineData(3, new[] { 1 }, new float[] { 1, 1, 1, 1 })]
    [InlineData(4, new[] { 1, 2, 3, 1, 2 }, new float[] { 1, 1, 1, 1 })]
    public void A_token_that_would_repeat_an_ngram_is_forbidden(int size, int[] ids, float[] expected) =>
        Assert.Equal(expected, Apply(new() { NoRepeatNgramSize = size }, [1, 1, 1, 1], ids, promptLength: 1));

    [Theory]
    [InlineData(3, true, new float[] { 1, 1, 1, No })]
    [InlineData(3, false, new float[] { 1, 1, 1, 1 })]
    [InlineData(0, false, new float[] { 1, 1, 1, No })]
    public void An_ngram_of_the_prompt_may_be_told_from_one_of_the_answer(int promptLength, bool ofPrompt, float[] expected) => Assert.Equal(
        expected, Apply(new() { NoRepeatNgramSize = 3, NoRepeatOfPrompt = ofPrompt }, [1, 1, 1, 1], [1, 2, 3, 1, 2], promptLength));

    [Theory]
    [InlineData(0, 0, false)]
    [InlineData(3, 0, true)]
    [InlineData(2, 0, false)]
    [InlineData(0, 6, true)]
    [InlineData(0, 5, false)]
    public void The_row_cannot_stop_before_its_least_length(int minNewTokens, int minLength, bool forbidden) => Assert.Equal(
        [forbidden ? No : 1, 1, 1, 1],
        Apply(new() { MinNewTokens = minNewTokens, MinLength = minLength }, [1, 1, 1, 1], [1, 2, 3, 1, 2], promptLength: 3));

    [Fact]
    public void Forbidden_stays_forbidden_under_a_penalty() =>
        Assert.Equal([No, 1], Apply(new() { RepetitionPenalty = 2, NoRepeatNgramSize = 1 }, [No, 1], [0], promptLength: 1));

    private static float[] Apply(GenerationSettings settings, float[] logits, int[] ids, int promptLength)
    {
        new LogitsRules(settings, [0, 999]).Apply(logits, ids, promptLength);
        return logits;
    }
}
