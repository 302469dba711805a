using System.Text.Json;
using FlGlm.Client.Evaluation.Metrics;
using FlGlm.Testing;

namespace FlGlm.Client.Tests.Evaluation.Metrics;

public sealed class SentenceBleuTests
{
    [Fact]
    public void Orders_without_a_match_count_half_a_match_and_then_a_quarter()
    {
        // characters 今天天气好 and 今天很好: 3 of 5, 1 of 4, 0 of 3, 0 of 2
        var expected = Math.Pow(3 / 5.0 * (1 / 4.0) * (1 / (2 * 3.0)) * (1 / (4 * 2.0)), 0.25);

        Assert.Equal(expected, Characters("今天天气好", "今天很好"), 12);
    }

    [Fact]
    public void Short_text_pays_for_brevity_and_has_one_n_gram_at_least()
    {
        var expected = Math.Exp(1 - (4 / 2.0)) * Math.Pow(1 * 1 * (1 / 2.0) * (1 / 4.0), 0.25);

        Assert.Equal(expected, Characters("今天", "今天很好"), 12);
    }

    [Fact]
    public void Smoothing_is_that_of_nltk_s_methods()
    {
        double Of(BleuSmoothing smoothing) => SentenceBleu.Score(["a", "b", "x"], [["a", "b", "c"]], order: 3, smoothing);

        Assert.Equal(Math.Cbrt(2 / 3.0 * (1 / 2.0) * 0.1), Of(BleuSmoothing.Floor), 12);
        Assert.Equal(Math.Cbrt(2 / 3.0 * (2 / 3.0) * (1 / 2.0)), Of(BleuSmoothing.AddK), 12);
        Assert.Equal(Math.Cbrt(2 / 3.0 * (1 / 2.0) * (1 / 2.0)), Of(BleuSmoothing.Exponential), 12);
        Assert.InRange(Of(BleuSmoothing.None), 0, 1e-100);
    }

    [Theory]
    [InlineData("", "今天")]
    [InlineData("明", "今天")]
    [InlineData("今天", "")]
    public void Text_without_a_shared_token_scores_0(string text, string reference) => Assert.Equal(0, Characters(text, reference));

    [Fact]
    public void Characters_are_code_points() => Assert.Equal(["a", " ", "😀", "北"], SentenceBleu.Characters("a 😀北"));

    [Fact]
    public void There_is_a_reference() => Assert.Throws<ArgumentOutOfRangeException>(() => SentenceBleu.Score(["a"], []));

    [SharedFact]
    public void The_cases_of_nltk_s_tests_are_met()
    {
        using var file = JsonDocument.Parse(File.ReadAllText(SharedFolder.At("data", "metrics", "bleu", "cases.json")));
        var nltk = file.RootElement.GetProperty("nltk_sentence_bleu");
        string[][]? references = null;
        foreach (var row in nltk.GetProperty("cases").EnumerateArray())
        {
            var smoothing = row.TryGetProperty("smoothing", out _) ? BleuSmoothing.Floor : BleuSmoothing.None;
            references = [.. row.GetProperty("refs").EnumerateArray().Select(Tokens)];
            var score = SentenceBleu.Score(Tokens(row.GetProperty("hyp")), references, row.GetProperty("weights").GetArrayLength(), smoothing);
            var expected = row.GetProperty("score").GetDouble();
            Assert.InRange(score, expected - 1e-12, expected + 1e-4);   // the doctests cut digits off
        }

        foreach (var row in nltk.GetProperty("modified_precision").EnumerateArray())
        {
            var n = row.GetProperty("n").GetInt32();
            var counts = BleuCounts.Of(Tokens(row.GetProperty("hyp")), references!, n);
            var expected = row.GetProperty("p").GetDouble();
            Assert.InRange(counts.Matches[n - 1] / (double)counts.Totals[n - 1], expected, expected + 1e-4);
        }
    }

    private static string[] Tokens(JsonElement list) => [.. list.EnumerateArray().Select(token => token.GetString()!)];

    private static double Characters(string text, string reference) =>
        SentenceBleu.Score(SentenceBleu.Characters(text), [SentenceBleu.Characters(reference)]);
}
