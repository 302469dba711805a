using FlGlm.Client.Data;
using FlGlm.Core.Configuration;
using FlGlm.Testing;

namespace FlGlm.Client.Tests.Data;

public sealed class PromptFileTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("a.txt", "one\r\n\n two\n")]
    [InlineData("a.jsonl", "{\"prompt\": \"one\", \"completion\": \"1\"}\n\n{\"question\": \" two\"}\n")]
    [InlineData("a.json", """[{"messages": [{"role": "user", "content": "one"}]}, {"instruction": " two"}]""")]
    [InlineData("a.csv", "question,id\none,1\n\" two\",2\n")]
    public void Questions_are_read_from_lines_and_rows(string name, string content) =>
        Assert.Equal(["one", " two"], PromptFile.Read(_folder.Write(name, content)).Select(question => question.Prompt));

    [Theory]
    [InlineData("a.json", "[]", " is empty: it holds no question.")]
    [InlineData("a.TXT", "\n", " is empty: it holds no row.")]
    [InlineData("a.jsonl", """{"input_ids": [1, 2]}""", " line 1 holds token ids; a question is asked as text.")]
    [InlineData("a.jsonl", """{"prompt": ""}""", " line 1 has an empty question; leave it out.")]
    [InlineData("a.csv", "prompt\n", " has a header and no rows: its first line names the columns (prompt), and nothing follows.")]
    [InlineData("a.jsonl", "\n" + """{"prompt": "q", "history": [["q1", "a1"]]}""", " line 2 has a dialogue before its question, which needs data.template chat.")]
    [InlineData("a.json", """[{"messages": [{"role": "system", "content": "s"}, {"role": "user", "content": "q"}]}]""", " row 1 has a dialogue before its question, which needs data.template chat.")]
    public void A_file_that_asks_nothing_answerable_is_named_with_its_row(string name, string content, string message)
    {
        var error = Assert.Throws<DataException>(() => PromptFile.Read(_folder.Write(name, content)));

        Assert.Equal($"'{error.Path}'{message}", error.Message);
        Assert.Equal(name, Path.GetFileName(error.Path));
    }

    [Fact]
    public void A_name_that_does_not_tell_what_the_file_holds_is_said_so()
    {
        var error = Assert.Throws<DataException>(() => PromptFile.Read(_folder.Write("questions", "one")));

        Assert.Contains("cannot be told by its name; questions stand in a file named .txt, .jsonl, ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_history_is_kept_for_the_chat_template()
    {
        var file = _folder.Write("a.jsonl", """{"prompt": "q", "history": [["q1", "a1"]]}""");

        Assert.Equal([new Round("q1", "a1")], Assert.Single(PromptFile.Read(file, template: PromptTemplate.Chat)).History);
    }
}
