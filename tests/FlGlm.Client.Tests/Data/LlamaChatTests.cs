using FlGlm.Client.Data;
using FlGlm.Core.Configuration;
using FlGlm.Testing;

namespace FlGlm.Client.Tests.Data;

public sealed class LlamaChatTests : IDisposable
{
    private readonly DataFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Every_turn_has_marks_and_the_system_text_stands_in_the_first()
    {
        var dialogue = new Dialogue(" q ") { System = "s", History = [new Round("q1", "a1 "), new Round("q2", "a2")] };

        var prompt = _folder.Open().EncodePrompt(dialogue, PromptTemplate.Chat);

        Assert.Equal(
            [1, .. Ids("[INST] <<SYS>>\ns\n<</SYS>>\n\nq1 [/INST] a1 "), 2, 1, .. Ids("[INST] q2 [/INST] a2 "), 2, 1, .. Ids("[INST] q [/INST]")],
            prompt);
    }

    [Fact]
    public void Answer_and_end_are_learnt()
    {
        var example = Assert.Single(_folder.Load("a.jsonl", """{"prompt": "q", "completion": " a"}""", new DataSettings { Template = PromptTemplate.Chat }).Train);

        Assert.Equal([1, .. Ids("[INST] q [/INST]"), .. Ids(" a "), 2], example.Ids);
        Assert.Equal([.. Ids(" a "), 2], example.Labels.Where(label => label != Example.Ignored));
        Assert.Equal("a", _folder.Open().CleanAnswer("a "));
    }

    [Fact]
    public void A_long_chat_loses_whole_rounds_and_a_question_that_does_not_fit_is_dropped()
    {
        const string Rows = """
            {"prompt": "q", "completion": "a", "history": [["q1", "a1"]]}
            {"prompt": "a long question", "completion": "a"}
            """;

        var data = _folder.Load("a.jsonl", Rows, new DataSettings { Template = PromptTemplate.Chat, MaxLength = 24 });

        Assert.Equal([1, .. Ids("[INST] q [/INST]"), .. Ids(" a "), 2], Assert.Single(data.Train).Ids);
        Assert.Equal(1, data.Reports[0].Dropped["a question longer than data.max_length"]);
    }

    [Fact]
    public void A_history_without_a_template_is_refused()
    {
        var error = Assert.Throws<ConfigurationException>(() => _folder.Open().EncodePrompt(new Dialogue("q") { History = [new Round("a", "b")] }));

        Assert.Equal("data.template", Assert.Single(error.Problems).Key);
    }

    private static int[] Ids(string text) => ByteTokenizer.Ids(text);
}
