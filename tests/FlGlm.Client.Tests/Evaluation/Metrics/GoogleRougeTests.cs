using System.Globalization;
using System.Text.Json;
using FlGlm.Client.Evaluation.Metrics;
using FlGlm.Testing;

namespace FlGlm.Client.Tests.Evaluation.Metrics;

public sealed class GoogleRougeTests
{
    [Fact]
    public void N_grams_count_as_often_as_both_sides_have_them()
    {
        var scores = GoogleRouge.Score("the cat the cat sat", "The cat; the dog.", RougeStemmer.None);

        Assert.Equal(new OverlapScore(3 / 5.0, 3 / 4.0, 2 * 0.6 * 0.75 / 1.35), scores.Rouge1);
        Assert.Equal(new OverlapScore(2 / 4.0, 2 / 3.0, 2 * (0.5 * (2 / 3.0) / (0.5 + (2 / 3.0)))), scores.Rouge2);
        Assert.Equal(3 / 4.0, scores.RougeL.Recall);
    }

    [Fact]
    public void Lines_unite_their_subsequences_and_text_without_lines_does_not()
    {
        // Lin 2004, section 3.2: w1 w2 of the first line and w1 w3 w5 of the second
        var scores = GoogleRouge.Score("w1 w2 w6 w7 w8\nw1 w3 w8 w9 w5", "w1 w2 w3 w4 w5", RougeStemmer.None);

        Assert.Equal(new OverlapScore(4 / 10.0, 4 / 5.0, 2 * (0.4 * 0.8 / (0.4 + 0.8))), scores.RougeLsum);
        Assert.Equal(4 / 5.0, scores.RougeL.Recall);
        Assert.Equal(3 / 5.0, GoogleRouge.Score("w1 w3 w8 w9 w5 w1 w2 w6", "w1 w2 w3 w4 w5", RougeStemmer.None).RougeLsum!.Value.Recall);
    }

    [Fact]
    public void A_word_of_the_union_counts_no_oftener_than_the_text_has_it()
    {
        var scores = GoogleRouge.Score("a b", "a b\na c", RougeStemmer.None);

        Assert.Equal(new OverlapScore(1, 0.5, 2 * (0.5 / 1.5)), scores.RougeLsum);
    }

    [Fact]
    public void Words_of_more_than_three_letters_are_stemmed_when_asked()
    {
        Assert.Equal(1, GoogleRouge.Score("testing runs", "tested running").Rouge1.F1);
        Assert.Equal(0, GoogleRouge.Score("testing runs", "tested running", RougeStemmer.None).Rouge1.F1);
        Assert.Equal(0, GoogleRouge.Score("was", "wa").Rouge1.F1);
        Assert.Equal(1, GoogleRouge.Score("enjoying it", "enjoy it", RougeStemmer.NltkPorter).Rouge1.F1);
    }

    [Theory]
    [InlineData("", "w1")]
    [InlineData("w1", "")]
    [InlineData("/", "w1")]
    [InlineData("北京", "北京")]
    public void Text_without_words_scores_0(string text, string reference) =>
        Assert.Equal(new RougeScores(default, default, default, default(OverlapScore)), GoogleRouge.Score(text, reference));

    [Fact]
    public void The_mean_is_that_of_each_number()
    {
        var mean = RougeScores.Mean([GoogleRouge.Score("one two", "one two"), GoogleRouge.Score("one", "two")]);

        Assert.Equal(new RougeScores(new(0.5, 0.5, 0.5), new(0.5, 0.5, 0.5), new(0.5, 0.5, 0.5), new OverlapScore(0.5, 0.5, 0.5)), mean);
        Assert.Equal(new RougeScores(default, default, default), RougeScores.Mean([]));
        Assert.Null(RougeScores.Mean([PltrdyRouge.Score("one", "one"), GoogleRouge.Score("one", "two")]).RougeLsum);
    }

    [SharedFact]
    public void The_cases_of_rouge_score_s_tests_are_met()
    {
        using var file = JsonDocument.Parse(File.ReadAllText(SharedFolder.At("data", "metrics", "rouge_score", "cases.json")));
        var cases = file.RootElement.GetProperty("cases");

        Assert.Equal(23, cases.GetArrayLength());
        foreach (var row in cases.EnumerateArray())
        {
            var stemmer = row.GetProperty("use_stemmer").GetBoolean() ? RougeStemmer.Porter : RougeStemmer.None;
            var type = row.GetProperty("type").GetString()!;
            var score = Of(GoogleRouge.Score(row.GetProperty("prediction").GetString()!, row.GetProperty("target").GetString()!, stemmer), type);
            var tolerance = Math.Pow(10, -row.GetProperty("places").GetInt32());
            Assert.Equal(row.GetProperty("precision").GetDouble(), score.Precision, tolerance);
            Assert.Equal(row.GetProperty("recall").GetDouble(), score.Recall, tolerance);
            Assert.Equal(row.GetProperty("fmeasure").GetDouble(), score.F1, tolerance);
        }
    }

    [SharedFact]
    public void The_means_over_the_large_files_are_met()
    {
        var texts = File.ReadAllLines(SharedFolder.At("data", "metrics", "rouge_score", "prediction_large.txt"));
        var references = File.ReadAllLines(SharedFolder.At("data", "metrics", "rouge_score", "target_large.txt"));
        using var file = JsonDocument.Parse(File.ReadAllText(SharedFolder.At("data", "metrics", "rouge_score", "cases.json")));
        var large = file.RootElement.GetProperty("large_files");

        foreach (var row in large.GetProperty("mean_over_lines_of_target_large_and_prediction_large").EnumerateArray())
        {
            var stemmer = row.GetProperty("use_stemmer").GetBoolean() ? RougeStemmer.Porter : RougeStemmer.None;
            var scores = texts.Zip(references, (text, reference) => GoogleRouge.Score(text, reference, stemmer)).ToArray();
            var mean = Of(RougeScores.Mean(scores), row.GetProperty("type").GetString()!);
            var tolerance = row.GetProperty("delta").GetDouble();
            Assert.Equal(row.GetProperty("mid_precision").GetDouble(), mean.Precision, tolerance);
            Assert.Equal(row.GetProperty("mid_recall").GetDouble(), mean.Recall, tolerance);
            Assert.Equal(row.GetProperty("mid_fmeasure").GetDouble(), mean.F1, tolerance);
        }

        var whole = GoogleRouge.ScoreLines(string.Join('\n', texts), string.Join('\n', references), RougeStemmer.None);
        Assert.Equal(large.GetProperty("whole_file_rougeLsum_no_stemmer_fmeasure").GetDouble(), whole.F1, 1e-3);
    }

    [SharedFact]
    public void ROUGE_1_5_5_s_values_of_news_summaries_are_met()
    {
        var confirmed = 0;
        foreach (var line in File.ReadLines(SharedFolder.At("data", "metrics", "rouge155_realsumm", "vectors.jsonl")))
        {
            using var row = JsonDocument.Parse(line);
            var scores = GoogleRouge.Score(Lines(row.RootElement, "prediction_sentences"), Lines(row.RootElement, "target_sentences"));

            AssertMet(row.RootElement.GetProperty("rouge1"), scores.Rouge1);
            AssertMet(row.RootElement.GetProperty("rouge2"), scores.Rouge2);
            if (row.RootElement.GetProperty("rougeL_confirmed").GetBoolean())
            {
                AssertMet(row.RootElement.GetProperty("rougeL"), scores.RougeLsum!.Value);
                confirmed++;
            }
        }

        Assert.True(confirmed > 100, confirmed.ToString(CultureInfo.InvariantCulture));

        static string Lines(JsonElement row, string name) => string.Join('\n', row.GetProperty(name).EnumerateArray().Select(line => line.GetString()));
    }

    private static void AssertMet(JsonElement expected, OverlapScore score)
    {
        Assert.Equal(expected.GetProperty("p").GetDouble(), score.Precision, 1.1e-5);
        Assert.Equal(expected.GetProperty("r").GetDouble(), score.Recall, 1.1e-5);
        Assert.Equal(expected.GetProperty("f").GetDouble(), score.F1, 1.1e-5);
    }

    private static OverlapScore Of(RougeScores scores, string type) => type switch
    {
        "rouge1" => scores.Rouge1,
        "rouge2" => scores.Rouge2,
        "rougeL" => scores.RougeL,
        _ => scores.RougeLsum!.Value,
    };
}
