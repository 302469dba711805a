using System.Text.Json;
using FlGlm.Client.Evaluation.Metrics;
using FlGlm.Testing;

namespace FlGlm.Client.Tests.Evaluation.Metrics;

public sealed class PltrdyRougeTests
{
    [Fact]
    public void Repetitions_count_once()
    {
        var scores = PltrdyRouge.Score("the cat the cat", "the cat sat");

        Assert.Equal(1, scores.Rouge1.Precision);
        Assert.Equal(2 / 3.0, scores.Rouge1.Recall);
        Assert.Equal(2 * (2 / 3.0 / ((2 / 3.0) + 1 + 1e-8)), scores.Rouge1.F1);
        Assert.Equal(1 / 2.0, scores.Rouge2.Precision);
        Assert.Null(scores.RougeLsum);
    }

    [Fact]
    public void Full_stops_end_sentences_whose_subsequences_are_united()
    {
        var parted = PltrdyRouge.Score("b a. a b", "a b");
        var whole = PltrdyRouge.Score("c b a", "a b");

        Assert.Equal((1, 1), (parted.RougeL.Precision, parted.RougeL.Recall));
        Assert.Equal((1 / 3.0, 1 / 2.0), (whole.RougeL.Precision, whole.RougeL.Recall));
    }

    [Theory]
    [InlineData("", "w1")]
    [InlineData("w1", "")]
    [InlineData("...", "w1")]
    public void Text_without_sentences_scores_0(string text, string reference) =>
        Assert.Equal(new RougeScores(default, default, default), PltrdyRouge.Score(text, reference));

    // The package's own expected values are older than its version 1.0.1: full stops ended no sentence then, and RougeL was the longest common
    // subsequence of all words, as in rouge_chinese, with another F.
    [SharedFact]
    public void The_values_of_the_package_s_tests_are_met_as_far_as_its_rules_stayed()
    {
        using var file = JsonDocument.Parse(File.ReadAllText(SharedFolder.At("data", "metrics", "pltrdy_rouge", "data.json")));
        var withoutStops = 0;
        foreach (var row in file.RootElement.EnumerateArray())
        {
            var (text, reference) = (row.GetProperty("hyp").GetString()!, row.GetProperty("ref").GetString()!);
            var whole = ChineseRouge.Score(text, reference);
            AssertMet(row, "rouge-1", whole.Rouge1);
            AssertMet(row, "rouge-2", whole.Rouge2);
            AssertMet(row, "rouge-l", whole.RougeL with { F1 = row.GetProperty("scores").GetProperty("rouge-l").GetProperty("f").GetDouble() });
            if (text.Contains('.', StringComparison.Ordinal) || reference.Contains('.', StringComparison.Ordinal))
                continue;
            var scores = PltrdyRouge.Score(text, reference);
            AssertMet(row, "rouge-1", scores.Rouge1);
            AssertMet(row, "rouge-2", scores.Rouge2);
            withoutStops++;
        }

        Assert.Equal((4, 2), (file.RootElement.GetArrayLength(), withoutStops));
    }

    // Computed with the package, version 1.0.1.
    [Theory]
    [InlineData("the cat sat. the dog ran on the mat", "the dog sat. a cat ran. the mat", 0.8571428521428571, 0.266666661688889, 0.8571428521428571)]
    [InlineData("a b a c. c a b", "c b a. a c b a. ", 0.8571428522448981, 0.3999999950000001, 0.8571428522448981)]
    [InlineData("one two  three .", "three two one. four two", 0.8571428522448981, 0.0, 0.5714285665306124)]
    public void Scores_are_those_of_the_package(string text, string reference, double rouge1, double rouge2, double rougeL)
    {
        var scores = PltrdyRouge.Score(text, reference);

        Assert.Equal(rouge1, scores.Rouge1.F1, 15);
        Assert.Equal(rouge2, scores.Rouge2.F1, 15);
        Assert.Equal(rougeL, scores.RougeL.F1, 15);
    }

    private static void AssertMet(JsonElement row, string name, OverlapScore score)
    {
        var expected = row.GetProperty("scores").GetProperty(name);
        Assert.Equal(expected.GetProperty("p").GetDouble(), score.Precision, 15);
        Assert.Equal(expected.GetProperty("r").GetDouble(), score.Recall, 15);
        Assert.Equal(expected.GetProperty("f").GetDouble(), score.F1, 15);
    }
}
