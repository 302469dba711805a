using System.Text;
using FlGlm.Client.Data;
using FlGlm.Core.Configuration;
using FlGlm.Testing;

namespace FlGlm.Client.Tests.Data;

public sealed class FileFormatTests : IDisposable
{
    private static readonly DataSettings Chat = new() { Template = PromptTemplate.Chat };

    private readonly DataFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("a.csv", "prompt,completion\nask,yes\n\"two\nlines, \"\"q\"\"\",no\n")]
    [InlineData("a.csv", "\uFEFFprompt,completion\r\nask,yes\r\n\"two\nlines, \"\"q\"\"\",no")]
    [InlineData("a.tsv", "prompt\tcompletion\nask\tyes\n\"two\nlines, \"\"q\"\"\"\tno\n")]
    [InlineData("a.ndjson", "{\"prompt\": \"ask\", \"completion\": \"yes\"}\n{\"prompt\": \"two\\nlines, \\\"q\\\"\", \"completion\": \"no\"}")]
    [InlineData("a.json", "\n{\"prompt\": \"ask\", \"completion\": \"yes\"}\n{\"prompt\": \"two\\nlines, \\\"q\\\"\", \"completion\": \"no\"}\n")]
    [InlineData("a.json", "[{\"prompt\": \"ask\", \"completion\": \"yes\"}, {\"prompt\": \"two\\nlines, \\\"q\\\"\", \"completion\": \"no\"}]")]
    public void The_same_rows_are_read_from_every_format(string name, string content) =>
        Assert.Equal(
            [[1, .. Ids("askyes"), 2], [1, .. Ids("two\nlines, \"q\"no"), 2]],
            _folder.Load(name, content).Train.Select(row => row.Ids));

    [Fact]
    public void A_value_keeps_its_blanks() =>
        Assert.Equal([1, .. Ids(" a  b "), 2], Assert.Single(_folder.Load("a.csv", "prompt,completion\n a , b \n").Train).Ids);

    [Theory]
    [InlineData("a.csv", "prompt,completion\na,b\n\nc\n", 4, " has 1 values, and the first line names 2 columns.")]
    [InlineData("a.csv", "prompt,prompt\na,b\n", 1, " names a column twice: prompt, prompt.")]
    [InlineData("a.csv", "prompt;completion\na;b\n", 1, " has one column, 'prompt;completion', which looks like several; write it with commas or tabs.")]
    [InlineData("a.tsv", "prompt,completion\na,b\n", 1, " has one column, 'prompt,completion', which looks like several; set data.format: csv.")]
    [InlineData("a.csv", "prompt,answer\na,b\n", 2, " has a question and no answer to learn: it has the fields prompt, answer, and beside 'prompt' the answer stands in 'completion'; data.columns.prompt and data.columns.answer name others.")]
    public void A_bad_table_is_named_by_its_line(string name, string content, int line, string message)
    {
        var error = Assert.Throws<DataException>(() => _folder.Load(name, content));

        Assert.Equal((line, $"'{error.Path}' line {line}{message}"), (error.Line, error.Message));
    }

    [Theory]
    [InlineData("prompt,completion\na,b\nc,\"d\n", 3, " begins a value with a quote that is never closed.")]
    [InlineData("prompt,completion\na,b\n\"a\"c,b\n", 3, " has text behind a closing quote.")]
    public void A_quote_in_the_wrong_place_is_named_by_its_line(string content, int line, string message)
    {
        var error = Assert.Throws<DataException>(() => _folder.Load("a.csv", content));

        Assert.Equal(line, error.Line);
        Assert.StartsWith($"'{error.Path}' line {line}{message}", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a.csv", "prompt,completion\nThe 6\" pipe,is \"long\"\n")]
    [InlineData("a.tsv", "prompt\tcompletion\nThe 6\" pipe\tis \"long\"\n")]
    public void A_quote_inside_a_value_is_a_letter(string name, string content) =>
        Assert.Equal([1, .. Ids("The 6\" pipeis \"long\""), 2], Assert.Single(_folder.Load(name, content).Train).Ids);

    [Fact]
    public void Parquet_s_lists_and_structures_are_messages()
    {
        var data = _folder.Load("a.parquet", File.ReadAllBytes(GoldenFile.At("messages.parquet")), Chat);

        var tokenizer = _folder.Open();
        Dialogue[] questions =
            [new("q") { History = [new Round("q1", "a1")] }, new("né 👋") { System = "s" }, new("last")];
        Assert.Equal(
            questions.Zip(["a", "b", "c"], (question, answer) => (int[])[.. tokenizer.EncodePrompt(question, PromptTemplate.Chat), .. Ids($" {answer} "), 2]),
            data.Train.Select(row => row.Ids));
        Assert.Equal(["id"], data.Reports[0].IgnoredFields);
    }

    [Fact]
    public void A_damaged_Parquet_file_is_named()
    {
        var bytes = File.ReadAllBytes(GoldenFile.At("messages.parquet"));
        bytes.AsSpan(100, 400).Fill(0xFF);

        var error = Assert.Throws<DataException>(() => _folder.Load("a.parquet", bytes, Chat));
        Assert.StartsWith($"'{error.Path}' cannot be read as Parquet: ", error.Message, StringComparison.Ordinal);
        Assert.Throws<DataException>(() => _folder.Load("b.parquet", bytes[..50], Chat));
    }

    [Fact]
    public void A_text_field_is_a_document_that_ends()
    {
        var data = _folder.Load("a.jsonl", """
            {"text": "one two"}
            {"text": ""}
            {"text": "3", "id": 7}
            """, new DataSettings { MaxLength = 5 });

        Assert.Equal([[1, .. Ids("one ")], [.. Ids("two"), 2], [1, .. Ids("3"), 2]], data.Train.Select(row => row.Ids));
        Assert.All(data.Train, row => Assert.Equal(row.Ids, row.Labels));
        Assert.Equal(1, data.Reports[0].Dropped["an empty text"]);
        Assert.Equal([$"{data.Reports[0].Path}: fields of rows that are not used: id."], data.Warnings);
    }

    [Fact]
    public void Windows_line_ends_of_a_text_are_line_ends()
    {
        var data = _folder.Load("a.txt", "a\r\nb\rc\r\n");

        Assert.Equal([1, .. Ids("a\nb\rc\n")], Assert.Single(data.Train).Ids);
        Assert.EndsWith("; Windows line ends read as line ends", data.Reports[0].ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_table_with_nothing_below_its_header_is_said_to_have_no_rows()
    {
        var error = Assert.Throws<DataException>(() => _folder.Load("a.csv", "prompt,completion\n"));

        Assert.Equal(
            $"'{error.Path}' has a header and no rows: its first line names the columns (prompt, completion), and nothing follows.", error.Message);
    }

    [Theory]
    [InlineData("a.csv", "prompt,completion\na,b\n", false)]
    [InlineData("a.jsonl", "{\"text\": \"a\"}", true)]
    [InlineData("a.json", "[{\"text\": \"a\"}]", false)]
    [InlineData("a.txt", "a", true)]
    public void A_file_in_UTF_16_is_named_as_such(string name, string content, bool bigEndian)
    {
        var encoding = new UnicodeEncoding(bigEndian, byteOrderMark: true);
        var path = _folder.Write(name, [.. encoding.GetPreamble(), .. encoding.GetBytes(content)]);

        string[] messages =
        [
            Assert.Throws<DataException>(() => _folder.Load(new DataSettings { Train = [path] })).Message,
            Assert.Throws<DataException>(() => PromptFile.Read(path)).Message,
        ];

        Assert.All(messages, message => Assert.Equal($"'{path}' is UTF-16; save it as UTF-8.", message));
    }

    private static int[] Ids(string text) => ByteTokenizer.Ids(text);
}
