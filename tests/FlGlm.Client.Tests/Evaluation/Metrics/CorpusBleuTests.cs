using System.Globalization;
using System.Text.Json;
using FlGlm.Client.Evaluation.Metrics;
using FlGlm.Testing;

namespace FlGlm.Client.Tests.Evaluation.Metrics;

public sealed class CorpusBleuTests
{
    [Fact]
    public void Counts_are_summed_over_texts_before_they_are_divided()
    {
        var options = new CorpusBleuOptions { Tokenizer = BleuTokenizer.None, Order = 2, Smoothing = BleuSmoothing.None };

        // matches 2 + 1 of 3 + 2, 1 + 0 of 2 + 1; 5 tokens for 3 + 3
        Assert.Equal(Math.Exp(1 - (6 / 5.0)) * Math.Sqrt(3 / 5.0 * (1 / 3.0)), CorpusBleu.Score(["a b x", "c x"], [["a b c", "y c z"]], options), 12);
    }

    [Fact]
    public void Smoothing_is_that_of_sacrebleu()
    {
        double Of(BleuSmoothing smoothing, double? value = null) => CorpusBleu.Score(
            ["a b x"], [["a b c"]], new() { Tokenizer = BleuTokenizer.None, Order = 3, Smoothing = smoothing, SmoothingValue = value });

        Assert.Equal(0, Of(BleuSmoothing.None));
        Assert.Equal(Math.Cbrt(2 / 3.0 * (1 / 2.0) * 0.1), Of(BleuSmoothing.Floor), 12);
        Assert.Equal(Math.Cbrt(2 / 3.0 * (1 / 2.0) * 0.01), Of(BleuSmoothing.Floor, 0.01), 12);
        Assert.Equal(Math.Cbrt(2 / 3.0 * (2 / 3.0) * (1 / 2.0)), Of(BleuSmoothing.AddK), 12);
        Assert.Equal(Math.Cbrt(2 / 3.0 * (3 / 4.0) * (2 / 3.0)), Of(BleuSmoothing.AddK, 2), 12);
        Assert.Equal(Math.Cbrt(2 / 3.0 * (1 / 2.0) * (1 / 2.0)), Of(BleuSmoothing.Exponential), 12);
    }

    [Fact]
    public void Orders_that_the_text_is_too_short_for_count_0_or_are_left_out()
    {
        Assert.Equal(0, CorpusBleu.Score(["a test"], [["a test"]]));
        Assert.Equal(1, CorpusBleu.Score(["a test"], [["a test"]], new() { EffectiveOrder = true }));
    }

    [Theory]
    [InlineData(BleuTokenizer.V13a, "It's 3.5-4, &quot;e.g.&quot; x-y (100,000).", "It's 3.5 - 4 , \" e . g . \" x-y ( 100,000 ) .")]
    [InlineData(BleuTokenizer.V13a, "a<skipped>b hy-\nphen", "ab hyphen")]
    [InlineData(BleuTokenizer.None, " a,b  c.\n", "a,b c.")]
    [InlineData(BleuTokenizer.Zh, "今天5.5度，“GPT-4”。 ok.", "今 天 5.5 度 ， “ GPT-4 ” 。 ok .")]
    [InlineData(BleuTokenizer.International, "Don't pay $5.50 for 😀x, 10%!", "Don ' t pay $ 5.50 for 😀 x , 10 % !")]
    [InlineData(BleuTokenizer.Characters, "a 北😀", "a 北 😀")]
    public void Tokens_are_those_of_sacrebleu(BleuTokenizer tokenizer, string text, string tokens) =>
        Assert.Equal(tokens, string.Join(' ', BleuTokens.Of(text, tokenizer)));

    [Fact]
    public void Lower_case_is_compared_when_asked()
    {
        var options = new CorpusBleuOptions { Order = 2 };

        Assert.Equal(1, CorpusBleu.Score(["A Test"], [["a test"]], options with { LowerCase = true }));
        Assert.Equal(0, CorpusBleu.Score(["A Test"], [["a test"]], options));
    }

    [Fact]
    public void A_text_may_have_fewer_references_than_others_and_has_one_at_least()
    {
        var options = new CorpusBleuOptions { Order = 1 };

        Assert.Equal(1, CorpusBleu.Score(["a", "b"], [["x", "b"], ["a", null]], options));
        Assert.Throws<ArgumentException>(() => CorpusBleu.Score(["a", "b"], [["x", null]], options));
        Assert.Throws<ArgumentException>(() => CorpusBleu.Score(["a", "b"], [["x"]], options));
    }

    [SharedFact]
    public void The_cases_of_sacrebleu_s_tests_are_met()
    {
        using var file = JsonDocument.Parse(File.ReadAllText(SharedFolder.At("data", "metrics", "bleu", "cases.json")));
        var cases = file.RootElement;
        foreach (var row in cases.GetProperty("corpus_bleu_percent").EnumerateArray())
            Assert.Equal(row.GetProperty("score").GetDouble(), 100 * Score(row, Options(row.GetProperty("options"))), 1e-7);

        var first = cases.GetProperty("corpus_bleu_percent")[0];
        foreach (var row in cases.GetProperty("max_ngram_order").EnumerateArray())
        {
            var score = 100 * Score(first, new() { Order = row.GetProperty("order").GetInt32() });
            Assert.Equal(row.GetProperty("score_2dp").GetString(), score.ToString("0.00", CultureInfo.InvariantCulture));
        }

        var raw = new CorpusBleuOptions
        {
            Tokenizer = BleuTokenizer.None, Smoothing = BleuSmoothing.Floor, SmoothingValue = 0.01, EffectiveOrder = true,
        };
        foreach (var row in cases.GetProperty("raw_corpus_bleu_fraction_floor_smoothing_0.01").EnumerateArray())
            Assert.Equal(row.GetProperty("score").GetDouble(), Score(row, raw), 1e-8);

        foreach (var row in cases.GetProperty("statistics").EnumerateArray())
        {
            var counts = CorpusBleu.Count(Texts(row.GetProperty("hyps")), References(row), raw);
            Assert.Equal(Numbers(row, "common"), counts.Matches);
            Assert.Equal(Numbers(row, "total"), counts.Totals);
        }

        foreach (var row in cases.GetProperty("from_statistics").EnumerateArray())
        {
            var counts = new BleuCounts(
                Numbers(row, "common"), Numbers(row, "total"), row.GetProperty("hyp_len").GetInt32(), row.GetProperty("ref_len").GetInt32());
            Assert.Equal(row.GetProperty("bleu_fraction").GetDouble(), CorpusBleu.Score(counts, new()), 1e-8);
        }
    }

    private static CorpusBleuOptions Options(JsonElement options) => new()
    {
        Tokenizer = options.TryGetProperty("tokenize", out var name)
            ? name.GetString() switch { "none" => BleuTokenizer.None, "intl" => BleuTokenizer.International, _ => BleuTokenizer.V13a }
            : BleuTokenizer.V13a,
        Smoothing = options.TryGetProperty("smooth_method", out _) ? BleuSmoothing.None : BleuSmoothing.Exponential,
    };

    private static double Score(JsonElement row, CorpusBleuOptions options) => CorpusBleu.Score(Texts(row.GetProperty("hyps")), References(row), options);

    private static string[][] References(JsonElement row) => [.. row.GetProperty("refs").EnumerateArray().Select(Texts)];

    private static string[] Texts(JsonElement list) => [.. list.EnumerateArray().Select(text => text.GetString()!)];

    private static int[] Numbers(JsonElement row, string name) => [.. row.GetProperty(name).EnumerateArray().Select(number => number.GetInt32())];
}
