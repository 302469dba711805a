using FlGlm.Client.Evaluation.Metrics;

namespace FlGlm.Client.Tests.Evaluation.Metrics;

public sealed class ChineseRougeTests
{
    [Fact]
    public void N_grams_count_once_and_the_subsequence_counts_repetitions()
    {
        var scores = ChineseRouge.Score("多 喝水 多 休息", "多 喝水 多 多 运动");

        Assert.Equal((2 / 3.0, 2 / 3.0), (scores.Rouge1.Precision, scores.Rouge1.Recall));
        Assert.Equal(2 * (2 / 3.0 * (2 / 3.0) / ((4 / 3.0) + 1e-8)), scores.Rouge1.F1, 15);
        Assert.Equal((2 / 3.0, 2 / 4.0), (scores.Rouge2.Precision, scores.Rouge2.Recall));
        Assert.Equal((3 / 4.0, 3 / 5.0), (scores.RougeL.Precision, scores.RougeL.Recall));
    }

    [Fact]
    public void The_subsequence_goes_over_sentences()
    {
        var scores = ChineseRouge.Score("一 。 二 。 三", "一 ？ 二 。");

        Assert.Equal((3 / 5.0, 3 / 4.0), (scores.RougeL.Precision, scores.RougeL.Recall));
    }

    [Fact]
    public void The_end_of_a_sentence_ends_a_word() =>
        Assert.Equal(ChineseRouge.Score("你好。 世界！ 吗？” 好", "你好。 吗？”"), ChineseRouge.Score("你好。世界！吗？”好", "你好。吗？”"));

    [Theory]
    [InlineData("", "一")]
    [InlineData("一", "")]
    [InlineData("\n\n", "一")]
    public void Empty_text_scores_0(string text, string reference) =>
        Assert.Equal(new RougeScores(default, default, default), ChineseRouge.Score(text, reference));
}
