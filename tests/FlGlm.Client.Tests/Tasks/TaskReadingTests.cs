using FlGlm.Client.Data;
using FlGlm.Client.Tasks;
using FlGlm.Client.Tests.Data;

namespace FlGlm.Client.Tests.Tasks;

/// <summary>Rows as questions: labels in all their forms, and what is learnt of a row.</summary>
public sealed class TaskReadingTests : IDisposable
{
    private const string Rte = "\"premise\": \"It rained.\", \"hypothesis\": \"It was wet.\"";
    private const string Wsc = """
        {"text": "Paul lent Henry his umbrella, since he had two.", "target": {"span1_text": "Paul", "span1_index": 0, "span2_text": "he", "span2_index": 6}, "label": LABEL}
        """;

    private readonly DataFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(", \"label\": \"not_entailment\"", "not_entailment")]
    [InlineData(", \"label\": \"Entailment\"", "entailment")]
    [InlineData(", \"label\": 0", "entailment")]
    [InlineData(", \"label\": 1", "not_entailment")]
    [InlineData(", \"label\": -1", null)]
    [InlineData(", \"label\": null", null)]
    [InlineData("", null)]
    public void A_label_is_a_name_or_a_number_and_minus_one_null_and_nothing_are_none(string label, string? expected)
    {
        var item = TaskRows.OfRow("superglue/rte", $"{{{Rte}{label}}}").Single();

        Assert.Equal(expected, item.Gold.SingleOrDefault());
    }

    [Theory]
    [InlineData("superglue/boolq", "{\"passage\": \"P.\", \"question\": \"is it\", \"label\": true}", "true")]
    [InlineData("superglue/boolq", "{\"passage\": \"P.\", \"question\": \"is it\", \"label\": 0}", "false")]
    [InlineData("superglue/wic", "{\"word\": \"a\", \"sentence1\": \"a\", \"sentence2\": \"a\", \"label\": 1}", "true")]
    [InlineData("superglue/cb", "{\"premise\": \"P.\", \"hypothesis\": \"H.\", \"label\": 2}", "neutral")]
    [InlineData("superglue/copa", "{\"premise\": \"P.\", \"choice1\": \"A.\", \"choice2\": \"B.\", \"question\": \"cause\", \"label\": 1}", "1")]
    [InlineData("superglue/copa", "{\"premise\": \"P.\", \"choice1\": \"A.\", \"choice2\": \"B.\", \"question\": \"cause\", \"label\": \"0\"}", "0")]
    public void Truth_values_and_Hugging_Faces_numbers_are_the_tasks_labels(string task, string row, string label) =>
        Assert.Equal([label], TaskRows.OfRow(task, row).Single().Gold);

    [Fact]
    public void COPA_learns_each_question_a_second_time_with_its_choices_exchanged()
    {
        const string row = """{"premise": "The cellar was full of water.", "choice1": "A pipe had burst.", "choice2": "The door was painted.", "question": "cause", "label": 1, "idx": 7}""";
        var task = KnownTasks.Find("superglue/copa")!;
        var pattern = task.Patterns.First(each => each.Name == "causal");

        var items = TaskRows.OfRowToTrain(task.Name, pattern, row);

        Assert.Equal(
            ["\"a pipe had burst\" or \"the door was painted\"? The cellar was full of water because", "\"the door was painted\" or \"a pipe had burst\"? The cellar was full of water because"],
            items.Select(pattern.Fill));
        Assert.All(items, item => Assert.Equal("the door was painted", item.Choices.Single(choice => item.Gold.Contains(choice.Label)).Text));
        Assert.Equal(["7", "7.mirrored"], items.Select(item => item.Id));
        Assert.Equal(["7"], TaskRows.OfRow(task.Name, row).Select(item => item.Id));
    }

    [Theory]
    [InlineData("cloze", "true", 1)]
    [InlineData("cloze", "false", 0)]
    [InlineData("cloze", "null", 0)]
    [InlineData("glm-0", "false", 0)]
    [InlineData("yes-no", "true", 1)]
    [InlineData("yes-no", "false", 1)]
    [InlineData("causal", "false", 1)]
    public void WSC_learns_the_nouns_of_true_rows_and_yes_and_no_of_all(string pattern, string label, int questions)
    {
        var words = KnownTasks.Find("superglue/wsc")!.Patterns.First(each => each.Name == pattern);

        Assert.Equal(questions, TaskRows.OfRowToTrain("superglue/wsc", words, Wsc.Replace("LABEL", label, StringComparison.Ordinal)).Count);
    }

    [Theory]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(5)]
    public void WSC_marks_its_pronoun_though_a_row_counts_a_word_too_many_or_too_few(int index)
    {
        var row = Wsc.Replace("LABEL", "true", StringComparison.Ordinal).Replace("\"span2_index\": 6", $"\"span2_index\": {index}", StringComparison.Ordinal);

        Assert.Equal("Paul lent Henry his umbrella, since *he* had two.", TaskRows.OfRow("superglue/wsc", row).Single().Fields["text"]);
    }

    [Fact]
    public void ReCoRD_learns_one_example_for_each_right_answer()
    {
        const string row = """
            {"passage": {"text": "Ida Brand left Bremen. Brand saw Oslo.", "entities": [{"start": 0, "end": 8}, {"start": 23, "end": 27}, {"start": 15, "end": 20}]},
             "qas": [{"query": "The painter is @placeholder.", "answers": [{"start": 0, "end": 8, "text": "Ida Brand"}, {"start": 23, "end": 27, "text": "Brand"}, {"start": 23, "end": 27, "text": "Brand"}]}]}
            """;

        using var data = _folder.Load("train.jsonl", row.ReplaceLineEndings(" "), new DataSettings { Task = "superglue/record" });

        var answers = data.Train.Select(example => _folder.Open().Decode(example.Ids.Zip(example.Labels).Where(pair => pair.Second != Example.Ignored).Select(pair => pair.First)));
        Assert.Equal([" Brand", " Ida Brand"], answers);
    }

    [Fact]
    public void ReCoRDs_spans_count_characters_as_Python_does()
    {
        const string row = """
            {"passage": {"text": "𝄞𝄞 Ida met Karl.", "entities": [{"start": 3, "end": 5}, {"start": 11, "end": 14}]},
             "qas": [{"query": "@placeholder met Ida.", "answers": [{"start": 11, "end": 14, "text": "Karl"}]}]}
            """;

        var item = TaskRows.OfRow("superglue/record", row).Single();

        Assert.Equal(["Ida", "Karl"], item.Choices.Select(choice => choice.Text));
        Assert.Equal(["Karl"], item.Gold);
    }

    [Fact]
    public void Rows_without_a_right_answer_are_not_learnt_and_are_counted()
    {
        using var data = _folder.Load("train.jsonl", $"{{{Rte}, \"label\": 0}}\n{{{Rte}, \"label\": -1}}\n", new DataSettings { Task = "superglue/rte" });

        Assert.Single(data.Train);
        Assert.Contains("no right answer", data.Reports.Single().ToString(), StringComparison.Ordinal);
    }
}
