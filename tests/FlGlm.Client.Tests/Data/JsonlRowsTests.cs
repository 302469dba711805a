using FlGlm.Client.Data;
using FlGlm.Core.Configuration;
using FlGlm.Testing;

namespace FlGlm.Client.Tests.Data;

public sealed class JsonlRowsTests : IDisposable
{
    private readonly DataFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("""{"prompt": "ask", "completion": "yes"}""", "ask")]
    [InlineData("""{"question": "ask", "answer": "yes", "id": 7}""", "ask")]
    [InlineData("""{"instruction": "ask", "output": "yes"}""", "ask")]
    [InlineData("""{"instruction": "ask", "input": "", "output": "yes"}""", "ask")]
    [InlineData("""{"instruction": "ask", "input": null, "output": "yes"}""", "ask")]
    [InlineData("""{"instruction": "ask", "input": "this", "output": "yes"}""", "ask\nthis")]
    public void The_loss_is_taken_on_the_completion_and_its_end(string row, string prompt)
    {
        var example = Assert.Single(_folder.Load("a.jsonl", row + "\n").Train);

        Assert.Equal([1, .. ByteTokenizer.Ids(prompt + "yes"), 2], example.Ids);
        Assert.Equal([.. Enumerable.Repeat(-100, prompt.Length + 1), .. ByteTokenizer.Ids("yes"), 2], example.Labels);
    }

    [Fact]
    public void The_loss_can_be_taken_on_every_token()
    {
        var data = _folder.Load("a.jsonl", """{"prompt": "ask", "completion": "yes"}""", new DataSettings { LossOn = LossTarget.All });

        Assert.All(data.Train, row => Assert.Equal(row.Ids, row.Labels));
    }

    [Fact]
    public void A_long_row_loses_the_beginning_of_its_prompt_and_keeps_mark_and_answer()
    {
        var data = _folder.Load("a.jsonl", """{"prompt": "0123456789", "completion": "yes"}""", new DataSettings { MaxLength = 9 });

        var example = Assert.Single(data.Train);
        Assert.Equal([1, .. ByteTokenizer.Ids("6789yes"), 2], example.Ids);
        Assert.Equal([-100, -100, -100, -100, -100, .. ByteTokenizer.Ids("yes"), 2], example.Labels);
        Assert.Equal(1, data.Reports[0].Truncated);
    }

    [Fact]
    public void An_answer_that_just_fits_is_kept_without_its_prompt()
    {
        var data = _folder.Load("a.jsonl", """{"prompt": "ask", "completion": "yes"}""", new DataSettings { MaxLength = 5 });

        Assert.Equal([1, .. ByteTokenizer.Ids("yes"), 2], Assert.Single(data.Train).Ids);
    }

    [Fact]
    public void Rows_that_cannot_be_used_are_dropped_and_counted()
    {
        const string Rows = """
            {"prompt": "a", "completion": "far too long"}

            {"prompt": "abcdef", "completion": "yes"}
            {"prompt": "a", "completion": ""}
            {"prompt": "a", "completion": "b"}
            """;

        var report = Assert.Single(_folder.Load("a.jsonl", Rows, new DataSettings { MaxLength = 8 }).Reports);

        Assert.Equal((4, 2, 1, 12L), (report.Read, report.Kept, report.Truncated, report.Tokens));
        Assert.EndsWith(
            "a.jsonl: 4 rows read, 2 kept (1 with a shortened prompt), dropped: 1 for an answer longer than data.max_length, 1 for an empty answer; 12 tokens",
            report.ToString(),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"topic\": \"y\"}", "text, or input_ids; it has topic. Other names are set in data.columns.")]
    [InlineData("{\"prompt\": \"x\", \"text\": \"y\"}", "has a question and no answer to learn: it has the fields prompt, text, and beside 'prompt' the answer stands in 'completion'; data.columns.prompt and data.columns.answer name others.")]
    [InlineData("{}", "needs prompt and completion, instruction and output (with or without input), question and answer, messages, conversations, text, or input_ids; it has no fields. Other names are set in data.columns.")]
    [InlineData("{\"prompt\": \"x\"", "is not JSON (byte 15 of the line). JSONL holds one object a line.")]
    [InlineData("[1]", "is a list, not a JSON object.")]
    [InlineData("{\"prompt\": 1, \"completion\": \"y\"}", "'prompt' is a number, not a text.")]
    [InlineData("{\"prompt\": \"x\", \"completion\": \"\\ud800\"}", "holds half a surrogate pair, which is no character.")]
    public void A_bad_row_is_named_by_file_and_line(string row, string message)
    {
        var error = Assert.Throws<DataException>(() => _folder.Load("a.jsonl", $$"""{"prompt": "a", "completion": "b"}""" + "\n\n" + row + "\n"));

        Assert.Equal(3, error.Line);
        Assert.StartsWith($"'{error.Path}' line 3", error.Message, StringComparison.Ordinal);
        Assert.EndsWith(message, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }
}
