using System.Text.Json;
using FlGlm.Client.Data;
using FlGlm.Client.Tokenizers;
using FlGlm.Core.Configuration;
using FlGlm.Testing;

namespace FlGlm.Client.Tests.Data;

/// <summary>What the fields of rows say: everything is used, refused or named.</summary>
public sealed class RowFieldsTests : IDisposable
{
    private const string ShareGpt =
        """{"conversations": [{"from": "system", "value": "s"}, {"from": "human", "value": "q1"}, {"from": "gpt", "value": "a1"}, {"from": "human", "value": "q"}, {"from": "gpt", "value": "a"}]}""";

    private static readonly DataSettings Chat = new() { Template = PromptTemplate.Chat };

    private readonly DataFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(ShareGpt)]
    [InlineData("""{"system": "s", "messages": [{"role": "user", "content": "q1"}, {"role": "assistant", "content": "a1"}, {"role": "user", "content": "q"}, {"role": "assistant", "content": "a"}]}""")]
    [InlineData("""{"system": "s", "instruction": "q", "output": "a", "history": [["q1", "a1"]]}""")]
    [InlineData("""{"system": "s", "messages": [{"role": "system", "content": "s"}, {"role": "user", "content": [{"type": "text", "text": "q1"}]}, {"role": "assistant", "content": "a1"}, {"role": "user", "content": "q"}, {"role": "assistant", "content": "a"}]}""")]
    public void Whatever_form_a_dialogue_has_it_is_the_same(string row)
    {
        var example = Assert.Single(_folder.Load("a.jsonl", row, Chat).Train);

        Assert.Equal([1, .. Ids("[INST] <<SYS>>\ns\n<</SYS>>\n\nq1 [/INST] a1 "), 2, 1, .. Ids("[INST] q [/INST] a "), 2], example.Ids);
    }

    [Fact]
    public void A_column_map_names_what_a_file_calls_otherwise()
    {
        var columns = new DataColumns { Prompt = "ask", Input = "context", Answer = "reply", System = "role", History = "before" };
        const string Row = """{"ask": "q", "context": "c", "reply": "a", "role": "s", "before": [["q1", "a1"]], "prompt": "other"}""";

        var data = _folder.Load("a.jsonl", Row, Chat with { Columns = columns });

        Assert.Equal(
            [1, .. Ids("[INST] <<SYS>>\ns\n<</SYS>>\n\nq1 [/INST] a1 "), 2, 1, .. Ids("[INST] q\nc [/INST] a "), 2], Assert.Single(data.Train).Ids);
        Assert.Equal(["prompt"], data.Reports[0].IgnoredFields);
        Assert.Equal([1, .. Ids("other"), 2], Assert.Single(_folder.Load("a.jsonl", Row, new DataSettings { Columns = new() { Text = "prompt" } }).Train).Ids);
        var error = Assert.Throws<DataException>(() => _folder.Load("a.jsonl", Row, new DataSettings { Columns = new() { Prompt = "asked", Answer = "reply" } }));
        var unanswered = Assert.Throws<DataException>(() => _folder.Load("a.jsonl", Row, Chat with { Columns = columns with { Answer = "answered" } }));
        Assert.EndsWith(
            " has a question and no answer to learn: it has the fields ask, context, reply, role, before, prompt, and beside 'ask' the answer stands in 'answered' (data.columns.answer).",
            unanswered.Message,
            StringComparison.Ordinal);
        Assert.Contains("has no 'asked', which data.columns.prompt names; it has ask, context, reply, role, before, prompt.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_column_map_of_two_forms_is_refused()
    {
        DataColumns[] wrong = [new() { Prompt = "p" }, new() { Answer = "a" }, new() { Text = "t", Messages = "m" }, new() { Input = "i" }];

        Assert.Equal(
            ["columns.answer", "columns.prompt", "columns", "columns.input"],
            wrong.SelectMany(columns => new DataSettings { Train = ["a.txt"], Columns = columns }.Validate()).Select(problem => problem.Key));
    }

    [Fact]
    public void A_system_text_needs_the_chat_form() =>
        Assert.Contains(
            "has a dialogue before its question, which needs data.template chat.",
            Assert.Throws<DataException>(() => _folder.Load("a.jsonl", """{"system": "s", "prompt": "q", "completion": "a"}""")).Message,
            StringComparison.Ordinal);

    [Theory]
    [InlineData("""{"system": "t", "messages": [{"role": "system", "content": "s"}, {"role": "user", "content": "q"}]}""", " has a system message and another system text beside 'messages'; leave one of them out.")]
    [InlineData("""{"history": [["a", "b"]], "messages": [{"role": "user", "content": "q"}]}""", " has a 'history' beside 'messages'; put it among the messages.")]
    [InlineData("""{"prompt": "q", "completion": "a", "functions": [{"name": "f"}]}""", " has 'functions', and the use of tools cannot be learnt; leave out such rows.")]
    [InlineData("""{"messages": [{"role": "user", "content": "q"}, {"role": "assistant", "content": "", "tool_calls": [{"id": 1}]}]}""", " has 'tool_calls', and the use of tools cannot be learnt; leave out such rows.")]
    [InlineData("""{"messages": [{"role": "user", "content": [{"type": "image_url"}]}, {"role": "assistant", "content": "a"}]}""", ": a message holds a part that is no text; leave out such rows.")]
    [InlineData("""{"messages": [{"role": "user", "content": "q"}, {"role": "assistant", "content": "a", "weight": 0.5}]}""", ": a message's 'weight' is 0.5; 0 leaves its answer out of the loss, 1 learns it.")]
    [InlineData("""{"messages": [{"role": "user", "content": "q"}, {"role": "assistant", "content": "a", "weight": 1, "train": false}]}""", ": a message's weight and train differ.")]
    [InlineData("""{"conversations": [{"from": "gpt", "value": "a"}, {"from": "human", "value": "q"}]}""", ": 'conversations' has the roles assistant, user; user and assistant take turns, and the user begins.")]
    public void What_cannot_be_used_is_refused(string row, string message)
    {
        var error = Assert.Throws<DataException>(() => _folder.Load("a.jsonl", row, Chat));

        Assert.Equal($"'{error.Path}' line 1{message}", error.Message);
    }

    [Fact]
    public void A_message_s_own_word_on_its_being_learnt_counts()
    {
        var row = """{"messages": [{"role": "user", "content": "q1"}, {"role": "assistant", "content": "a1" FIRST}, {"role": "user", "content": "q"}, {"role": "assistant", "content": "a" LAST, "name": "n"}]}""";
        string[] none = [];
        (string First, string Last, LossTarget LossOn, string[] Learnt)[] cases =
        [
            ("", "", LossTarget.Completion, [" a "]),
            ("", "", LossTarget.Answers, [" a1 ", " a "]),
            (""", "weight": 0""", "", LossTarget.Answers, [" a "]),
            (""", "weight": 1""", "", LossTarget.Completion, [" a1 ", " a "]),
            ("", """, "train": false""", LossTarget.Answers, [" a1 "]),
            ("", """, "loss": 0""", LossTarget.Completion, none),
        ];

        foreach (var (first, last, lossOn, learnt) in cases)
        {
            var text = row.Replace("FIRST", first, StringComparison.Ordinal).Replace("LAST", last, StringComparison.Ordinal);
            if (learnt.Length == 0)
            {
                var error = Assert.Throws<DataException>(() => _folder.Load("a.jsonl", text, Chat with { LossOn = lossOn }));
                Assert.Contains("1 for no answer to learn", error.Message, StringComparison.Ordinal);
                continue;
            }

            var data = _folder.Load("a.jsonl", text, Chat with { LossOn = lossOn });
            var example = Assert.Single(data.Train);
            Assert.Equal(learnt.SelectMany(answer => (int[])[.. Ids(answer), 2]), example.Labels.Where(label => label != Example.Ignored));
            Assert.Equal(["messages[].name"], data.Reports[0].IgnoredFields);
            Assert.Equal(lossOn == LossTarget.Completion && first.Length == 0 ? 1 : 0, data.Reports[0].Unlearnt);
        }
    }

    [Theory]
    [InlineData("""["q1", "a1"], ["q2", ""], ["q3", ""]""", """["q1", "a1"]""")]
    [InlineData("""["q1", "a1"], ["q2", ""], ["q3", "a3"], ["q4", ""]""", """["q1", "a1"], ["q2", ""], ["q3", "a3"]""")]
    public void Behind_an_empty_answer_the_earlier_ones_are_learnt(string rounds, string learnt)
    {
        var answers = Chat with { LossOn = LossTarget.Answers };

        var data = _folder.Load("a.jsonl", Messages(rounds), answers);

        var (example, expected) = (Assert.Single(data.Train), Assert.Single(_folder.Load("b.jsonl", Messages(learnt), answers).Train));
        Assert.Equal([expected.Ids, expected.Labels], new[] { example.Ids, example.Labels });
        Assert.Empty(data.Reports[0].Dropped);
        var error = Assert.Throws<DataException>(() => _folder.Load("a.jsonl", Messages(rounds), Chat));
        Assert.Contains("dropped: 1 for an empty answer", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_empty_answer_is_not_learnt_wherever_it_stands()
    {
        var data = _folder.Load("a.jsonl", Messages("""["q1", ""], ["q2", "a2"]"""), Chat with { LossOn = LossTarget.Answers });

        Assert.Equal([.. Ids(" a2 "), 2], Assert.Single(data.Train).Labels.Where(label => label != Example.Ignored));
    }

    [Theory]
    [InlineData(SpecialTokenUse.Parse)]
    [InlineData(SpecialTokenUse.Text)]
    [InlineData(SpecialTokenUse.Refuse)]
    public void Special_tokens_spelled_in_a_row_are_parsed_and_named_or_text_or_refused(SpecialTokenUse use)
    {
        var settings = new DataSettings { SpecialTokens = use };
        const string Rows = """
            {"prompt": "a", "completion": "b"}
            {"prompt": "<s>a</s>", "completion": "b</s>"}
            """;
        if (use == SpecialTokenUse.Refuse)
        {
            var error = Assert.Throws<DataException>(() => _folder.Load("a.jsonl", Rows, settings));
            Assert.Equal((2, $"'{error.Path}' line 2 spells out the special token <s>, which data.special_tokens: refuse does not take."), (error.Line, error.Message));
            return;
        }

        var data = _folder.Load("a.jsonl", Rows, settings);

        Assert.Equal(use == SpecialTokenUse.Parse ? [1, 1, .. Ids("a"), 2, .. Ids("b"), 2, 2] : [1, .. Ids("<s>a</s>b</s>"), 2], data.Train[1].Ids);
        Assert.Equal(
            use == SpecialTokenUse.Parse
                ? [$"{data.Reports[0].Path}: special tokens spelled out in rows became their ids: </s> in 1 row(s), <s> in 1 row(s); data.special_tokens: text keeps them text."]
                : [],
            data.Warnings);
    }

    private static int[] Ids(string text) => ByteTokenizer.Ids(text);

    /// <summary>A row of messages.</summary>
    /// <param name="rounds">Pairs of a question and its answer.</param>
    private static string Messages(string rounds)
    {
        using var pairs = JsonDocument.Parse($"[{rounds}]");
        var messages = pairs.RootElement.EnumerateArray().SelectMany(pair => new[]
        {
            new { role = "user", content = pair[0].GetString() },
            new { role = "assistant", content = pair[1].GetString() },
        });
        return JsonSerializer.Serialize(new { messages });
    }
}
