using FlGlm.Client.Data;
using FlGlm.Core.Configuration;
using FlGlm.Testing;

namespace FlGlm.Client.Tests.Data;

public sealed class DialogueRowsTests : IDisposable
{
    private static readonly DataSettings Chat = new() { Template = PromptTemplate.Chat };

    private readonly DataFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("""{"prompt": "q", "completion": "a", "history": [["q1", "a1"]]}""", "")]
    [InlineData("""{"messages": [{"role": "user", "content": "q1"}, {"role": "assistant", "content": "a1"}, {"role": "user", "content": "q"}, {"role": "assistant", "content": "a"}]}""", "")]
    [InlineData("""{"conversations": [{"role": "system", "content": "s"}, {"role": "user", "content": "q1"}, {"role": "assistant", "content": "a1"}, {"role": "user", "content": "q"}, {"role": "assistant", "content": "a"}]}""", "s")]
    public void The_last_answer_of_a_dialogue_is_learnt(string row, string system)
    {
        var example = Assert.Single(_folder.Load("a.jsonl", row, Chat).Train);

        var prompt = _folder.Open().EncodePrompt(new Dialogue("q") { System = system, History = [new Round("q1", "a1")] }, PromptTemplate.Chat);
        Assert.Equal([.. prompt, .. ByteTokenizer.Ids(" a "), 2], example.Ids);
        Assert.Equal([.. ByteTokenizer.Ids(" a "), 2], example.Labels.Where(label => label != Example.Ignored));
    }

    [Theory]
    [InlineData("""{"prompt": "q", "completion": "a", "history": []}""")]
    [InlineData("""{"prompt": "q", "completion": "a", "history": null}""")]
    [InlineData("""{"messages": [{"role": "user", "content": "q"}, {"role": "assistant", "content": "a"}]}""")]
    [InlineData("""{"tools": "[]", "messages": [{"role": "user", "content": "q"}, {"role": "assistant", "content": "a"}]}""")]
    [InlineData("""{"tools": null, "conversations": [{"role": "user", "content": "q"}, {"role": "assistant", "content": "a"}]}""")]
    public void A_single_exchange_needs_no_template(string row) =>
        Assert.Equal([1, .. ByteTokenizer.Ids("qa"), 2], Assert.Single(_folder.Load("a.jsonl", row).Train).Ids);

    [Theory]
    [InlineData("""{"prompt": "q", "completion": "a", "history": [["q1", "a1"]]}""", " has a dialogue before its question, which needs data.template chat.")]
    [InlineData("""{"prompt": "q", "completion": "a", "history": [["q1"]]}""", ": 'history' is no list of [question, answer] pairs.")]
    [InlineData("""{"prompt": "q", "completion": "a", "history": "q1"}""", ": 'history' is no list of [question, answer] pairs.")]
    [InlineData("""{"messages": "q"}""", ": 'messages' is a text, not a list of messages.")]
    [InlineData("""{"messages": []}""", ": 'messages' is empty.")]
    [InlineData("""{"messages": [], "tools": [{"name": "t"}]}""", " has 'tools', and the use of tools cannot be learnt; leave out such rows.")]
    [InlineData("""{"messages": [{"role": "user"}]}""", ": 'messages' holds a message without role or content.")]
    [InlineData("""{"messages": [{"role": "user", "content": "q"}]}""", " has a question and no answer to learn: the last of its 'messages' is the user's, and the answer is a message of the assistant behind it.")]
    [InlineData("""{"messages": [{"role": "tool", "content": "q"}, {"role": "assistant", "content": "q"}]}""", ": 'messages' has the roles tool, assistant; user and assistant take turns, and the user begins.")]
    public void A_bad_dialogue_is_named_by_file_and_line(string row, string message)
    {
        var error = Assert.Throws<DataException>(() => _folder.Load("a.jsonl", row));

        Assert.Equal($"'{error.Path}' line 1{message}", error.Message);
    }
}
