using System.IO.Pipes;
using System.Text;
using FlGlm.Client.Data;
using FlGlm.Client.Data.Formats;
using FlGlm.Client.Data.Rows;
using FlGlm.Core.Configuration;
using FlGlm.Testing;

namespace FlGlm.Client.Tests.Data;

/// <summary>Files of many times the 64 KiB that are read at once.</summary>
public sealed class StreamedFileTests : IDisposable
{
    private const int Rows = 3000;
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("a.jsonl")]
    [InlineData("a.json")]
    [InlineData("lines.json")]
    [InlineData("a.csv")]
    [InlineData("a.tsv")]
    public void Rows_are_read_before_the_end_of_the_file(string name)
    {
        var path = _folder.Write(name, [.. Content(name), 0xFF]);
        var read = 0;

        var error = Assert.Throws<DataException>(() => Read(path).Select(row => read++).Count());

        Assert.InRange(read, Rows / 2, Rows);
        Assert.Contains(" is not UTF-8: byte ", error.Message, StringComparison.Ordinal);
        Assert.Contains($" byte {Content(name).Length}, in line {Content(name).Count(value => value == '\n') + 1}, ", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a.jsonl")]
    [InlineData("a.json")]
    [InlineData("lines.json")]
    [InlineData("a.csv")]
    [InlineData("a.tsv")]
    public void Rows_and_letters_may_stand_across_the_ends_of_pieces(string name)
    {
        foreach (var mark in new[] { "", "\uFEFF" })
        {
            var path = _folder.Write(name, [.. Encoding.UTF8.GetBytes(mark), .. Content(name)]);

            Assert.Equal(Enumerable.Range(0, Rows).Select(Prompt), Read(path).Select(row => ((PromptRow)row).Dialogue.Prompt));
        }
    }

    [Theory]
    [InlineData("a.jsonl")]
    [InlineData("a.json")]
    [InlineData("lines.json")]
    [InlineData("a.csv")]
    public void A_row_may_be_longer_than_a_piece(string name)
    {
        var text = new string('x', 300_000);
        var content = name switch
        {
            "a.csv" => $"prompt,completion\n{text},1\na,2\n",
            "a.json" => $$"""[{"prompt": "{{text}}", "completion": "1"}, {"prompt": "a", "completion": "2"}]""",
            _ => $$"""{"prompt": "{{text}}", "completion": "1"}""" + "\n" + """{"prompt": "a", "completion": "2"}""",
        };

        Assert.Equal([text, "a"], Read(_folder.Write(name, content)).Select(row => ((PromptRow)row).Dialogue.Prompt));
    }

    [Fact]
    public void A_long_text_is_one_row()
    {
        var text = string.Concat(Enumerable.Range(0, Rows).Select(Prompt));

        Assert.Equal(text, ((TextRow)Assert.Single(Read(_folder.Write("a.txt", text)))).Text);
    }

    [Theory]
    [InlineData("a.jsonl", "{\"prompt\"\n", Rows + 1, " line 3001 is not JSON (byte 10 of the line). JSONL holds one object a line.")]
    [InlineData("a.json", ",{\"prompt\"}]", Rows, " line 3000 is not JSON. A .json file holds one list of row objects, or one object a line.")]
    [InlineData("a.json", ",\n{\"prompt\": \"a\"", Rows + 1, " line 3001 is not JSON. A .json file holds one list of row objects, or one object a line.")]
    [InlineData("a.json", "]\n]", Rows + 1, " line 3001 is not JSON. A .json file holds one list of row objects, or one object a line.")]
    [InlineData("a.csv", "a\n", Rows + 2, " line 3002 has 1 values, and the first line names 2 columns.")]
    [InlineData("a.csv", "\"a\n\n", Rows + 2, " line 3002 begins a value with a quote that is never closed. In a value that stands in quotes each of its own is written twice.")]
    public void A_fault_behind_many_rows_is_named_by_its_line(string name, string end, int line, string message)
    {
        var content = Content(name);
        var path = _folder.Write(name, [.. name == "a.json" ? content[..^2] : content, .. Encoding.UTF8.GetBytes(end)]);

        var error = Assert.Throws<DataException>(() => Read(path).Count());

        Assert.Equal((line, $"'{path}'{message}"), (error.Line, error.Message));
    }

    [Fact]
    public void A_json_file_of_another_kind_is_named_so_when_all_of_it_is_JSON()
    {
        var list = Encoding.UTF8.GetString(Content("a.json"));

        var kind = Assert.Throws<DataException>(() => Read(_folder.Write("a.json", $$"""{"data": {{list}}}""")).Count());
        var broken = Assert.Throws<DataException>(() => Read(_folder.Write("a.json", $$"""{"data": {{list}}""")).Count());

        Assert.EndsWith("' is an object, not a list of row objects.", kind.Message, StringComparison.Ordinal);
        Assert.Equal(Rows + 1, broken.Line);
    }

    [Fact]
    public void White_space_of_more_than_a_piece_is_an_empty_file()
    {
        var path = _folder.Write("a.csv", new string(' ', 200_000) + "\u00A0\n");

        Assert.Equal($"'{path}' is empty: it holds no row.", Assert.Throws<DataException>(() => Read(path).Count()).Message);
    }

    [Fact]
    public void A_piece_beyond_the_limit_is_named_by_its_line()
    {
        var path = _folder.Write("a.jsonl", "{}\n" + new string('x', 300_000));
        using var file = DataFile.Open(path);
        var text = new Utf8Buffer(file, mostBytes: 100_000);
        Assert.True(text.TryReadLine(out _));

        var error = Assert.Throws<DataException>(() => text.TryReadLine(out _));

        Assert.Equal((2, $"'{path}' holds a piece of more than 100000 bytes, from line 2 on: a row, or a text, must fit into memory. Split it."), (error.Line, error.Message));
    }

    [Fact]
    public void A_table_s_row_beyond_the_limit_is_refused()
    {
        var path = _folder.Write("a.csv", "prompt,completion\n\"" + new string('x', 300_000));
        using var file = DataFile.Open(path);

        var error = Assert.Throws<DataException>(() => new CsvRowReader(new RowFields(new DataColumns()), ',', mostBytes: 100_000).Read(file).Count());

        Assert.StartsWith($"'{path}' cannot be read as a table: ", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("rows.jsonl")]
    [InlineData("messages.parquet")]
    public async Task Rows_may_come_from_a_pipe(string name)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "names a pipe by /proc");
        var content = name == "rows.jsonl" ? Content(name) : await File.ReadAllBytesAsync(GoldenFile.At(name));
        using var pipe = new AnonymousPipeServerStream(PipeDirection.Out);
        var writing = Task.Run(() =>
        {
            pipe.Write(content);
            pipe.Dispose();
        });
        using var file = DataFile.Open($"/proc/self/fd/{pipe.ClientSafePipeHandle.DangerousGetHandle()}");
        pipe.DisposeLocalCopyOfClientHandle();

        var rows = RowReaders.Of(name, DataFormat.Auto, new DataColumns()).Read(file).Count();

        await writing;
        Assert.Equal(name == "rows.jsonl" ? Rows : 3, rows);
    }

    private static IEnumerable<DataRow> Read(string path)
    {
        using var file = DataFile.Open(path);
        foreach (var row in RowReaders.Of(path, DataFormat.Auto, new DataColumns()).Read(file))
            yield return row;
    }

    /// <summary>Texts of one, two, three and four bytes a letter.</summary>
    private static string Prompt(int row) => $"{row}: " + string.Concat(Enumerable.Repeat("aé中👋", 1 + (row % 20)));

    /// <summary>A row a line.</summary>
    private static byte[] Content(string name)
    {
        var objects = Enumerable.Range(0, Rows).Select(row => $$"""{"prompt": "{{Prompt(row)}}", "completion": "y"}""");
        var cells = Enumerable.Range(0, Rows).Select(row => (Prompt(row), "y"));
        return Encoding.UTF8.GetBytes(name switch
        {
            "a.csv" => "prompt,completion\n" + string.Concat(cells.Select(cell => $"{cell.Item1},{cell.Item2}\n")),
            "a.tsv" => "prompt\tcompletion\n" + string.Concat(cells.Select(cell => $"{cell.Item1}\t{cell.Item2}\n")),
            "a.json" => $"[{string.Join(",\n", objects)}]\n",
            _ => string.Concat(objects.Select(each => each + "\n")),
        });
    }
}
