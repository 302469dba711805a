using FlGlm.Client.Evaluation.Metrics;

namespace FlGlm.Client.Tests.Evaluation.Metrics;

public sealed class ReCordScoreTests
{
    [Theory]
    [InlineData("The Beatles!", "beatles")]
    [InlineData("  an  U.S.\tsenator ", "us senator")]
    [InlineData("Theatre a-ha anthem", "theatre aha anthem")]
    [InlineData("THE", "")]
    [InlineData("Beyoncé & Zoë", "beyonce zoe")]
    [InlineData("“Ærø” – Łódź’s Straße", "aero lodzs strasse")]
    [InlineData("İstanbul ＡＢＣ １２ ﬁnal", "istanbul abc 12 final")]
    [InlineData("e\u0301te\u0301\u00a0Nguyễn", "ete nguyen")]
    [InlineData("5½ €9", "5 12 EUR9")]   // as unidecode has it: the lower case comes before it
    [InlineData("x\u001Cy\u0085z", "x y z")]
    [InlineData("Москва 北京", "москва 北京")]
    public void Answers_are_compared_without_case_marks_articles_and_punctuation(string text, string compared) =>
        Assert.Equal(compared, string.Join(' ', AnswerText.Words(text)));

    [Fact]
    public void The_best_of_several_answers_counts()
    {
        Assert.Equal(new ReCordScore(1, 1), ReCordScore.Of("the Obama", ["Barack Obama", "Obama"]));
        Assert.Equal(new ReCordScore(2 * 0.5 * 1 / 1.5, 0), ReCordScore.Of("Barack Obama", ["Michelle", "Obama"]));
        Assert.Equal(new ReCordScore(0, 0), ReCordScore.Of("Biden", ["Obama"]));
        Assert.Equal(new ReCordScore(0, 0), ReCordScore.Of("Biden", []));
    }

    [Fact]
    public void Repeated_words_count_as_often_as_both_sides_have_them()
    {
        // shared: new twice of three; precision 2/3, recall 2/2
        Assert.Equal(0.8, ReCordScore.Of("new new new", ["new new"]).F1, 12);
        Assert.Equal(0.8, ReCordScore.Of("new new", ["new new new"]).F1, 12);
    }

    [Fact]
    public void Two_empty_texts_match_exactly_and_share_no_word() =>
        Assert.Equal(new ReCordScore(0, 1), ReCordScore.Of("The", ["a."]));

    [Fact]
    public void Queries_count_alike()
    {
        Assert.Equal(new ReCordScore(0.5, 0.25), ReCordScore.Mean([new(1, 1), new(0.5, 0), new(0.5, 0), new(0, 0)]));
        Assert.Equal(new ReCordScore(0, 0), ReCordScore.Mean([]));
    }
}
