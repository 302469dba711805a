using FlGlm.Client.Data;
using FlGlm.Core.Configuration;
using FlGlm.Testing;

namespace FlGlm.Client.Tests.Data;

public sealed class DataPathsTests : IDisposable
{
    private readonly DataFolder _folder = new();
    private readonly TempFolder _data = new();

    public DataPathsTests()
    {
        Directory.CreateDirectory(_data.At("more"));
        foreach (var name in new[] { "b.txt", "a.txt", "c.csv", "notes.md", Path.Combine("more", "d.txt") })
            _data.Write(name, name == "c.csv" ? "text\nc" : Path.GetFileName(name));
    }

    public void Dispose()
    {
        _folder.Dispose();
        _data.Dispose();
    }

    [Theory]
    [InlineData("", "a.txt b.txt c.csv")]
    [InlineData("*.txt", "a.txt b.txt")]
    [InlineData("**/*.txt", "a.txt b.txt d.txt")]
    [InlineData("m*/d.txt", "d.txt")]
    public void A_directory_or_pattern_stands_for_its_files_by_name(string pattern, string files) =>
        Assert.Equal(files.Split(' '), Read(_data.At(pattern)));

    [Fact]
    public void What_a_directory_holds_and_nobody_reads_is_named_once()
    {
        var data = _folder.Load(new DataSettings { Train = [_data.Path], Validation = [_data.Path] });

        Assert.Equal(
            [
                $"{_data.Path}: not read: more/, notes.md. Of a directory, files named .txt, .jsonl, .ndjson, .json, .csv, .tsv, .parquet, .source, .document, .summary are read; "
                    + $"'{_data.At("**")}' also looks into the directories in it.",
            ],
            data.Warnings.Where(warning => warning.Contains("not read", StringComparison.Ordinal)));
        Assert.Empty(_folder.Load(new DataSettings { Train = [_data.At("more")] }).Warnings);
    }

    [Fact]
    public void Of_many_names_a_message_lists_the_first_five()
    {
        foreach (var number in Enumerable.Range(1, 9))
            _data.Write($"x{number}.log", "");

        Assert.Contains(": not read: more/, notes.md, x1.log, x2.log, x3.log and 6 more. ", Assert.Single(_folder.Load(new DataSettings { Train = [_data.Path] }).Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void Files_keep_the_order_in_which_they_are_named() =>
        Assert.Equal(["d.txt", "a.txt", "b.txt"], Read(_data.At(Path.Combine("more", "d.txt")), _data.At("*.txt")));

    [Fact]
    public void A_tilde_is_the_user_s_home()
    {
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);

        Assert.Equal(Path.Join(home, "data", "x.txt"), HomePath.Expand("~/data/x.txt"));
        Assert.Equal("a~/x", HomePath.Expand("a~/x"));
        var relative = Path.GetRelativePath(home, _data.At("a.txt"));
        Assert.Equal(["a.txt"], Read($"~/{relative}"));
    }

    [Theory]
    [InlineData("*.parquet", "No file matches ")]
    [InlineData("none/*.txt", "No file matches ")]
    [InlineData("empty", "The directory ")]
    public void Where_there_is_nothing_it_is_said(string pattern, string message)
    {
        Directory.CreateDirectory(_data.At("empty"));

        var error = Assert.Throws<DataException>(() => Read(_data.At(pattern)));

        Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
        Assert.Contains(pattern, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Several_validation_files_stay_apart()
    {
        var data = _folder.Load(new DataSettings { Train = [_data.At("a.txt")], Validation = [_data.At("b.txt"), _data.At("more")] });

        Assert.Equal([_data.At("b.txt"), _data.At(Path.Combine("more", "d.txt"))], data.Validation.Select(set => set.Name));
        Assert.Equal([[1, .. ByteTokenizer.Ids("b.txt")], [1, .. ByteTokenizer.Ids("d.txt")]], data.Validation.Select(set => Assert.Single(set.Examples).Ids));
    }

    [Theory]
    [InlineData("https://example.org/a.jsonl")]
    [InlineData("http://example.org/*.jsonl")]
    [InlineData("hf://datasets/a/b.parquet")]
    [InlineData("s3://bucket/a")]
    public void A_URL_is_refused_with_what_to_do(string url)
    {
        var message = $"'{url}' is a URL, and data are read from files of this machine alone: download it first, and name the file.";

        Assert.Equal(message, Assert.Throws<DataException>(() => Read(url)).Message);
        Assert.Equal(message, Assert.Throws<DataException>(() => _folder.Load(new DataSettings { Train = [_data.At("a.txt")], Validation = [url] })).Message);
        Assert.Equal(message, Assert.Throws<DataException>(() => PromptFile.Read(url)).Message);
    }

    private IEnumerable<string> Read(params string[] named) =>
        _folder.Load(new DataSettings { Train = named }).Reports.Select(report => Path.GetFileName(report.Path));
}
