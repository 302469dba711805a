using System.Security.Cryptography;
using FlGlm.Client.Data;
using FlGlm.Core.Configuration;
using FlGlm.Testing;

namespace FlGlm.Client.Tests.Data;

public sealed class DatasetTests : IDisposable
{
    private readonly DataFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("0.25", 2)]
    [InlineData("0.01", 1)]
    [InlineData("0.99", 7)]
    public void A_share_of_the_last_rows_is_set_aside(string share, int validation)
    {
        var settings = new DataSettings { MaxLength = 4, Validation = [share] };

        var data = _folder.Load("a.txt", new string('x', 31), settings);
        var whole = _folder.Load("a.txt", new string('x', 31), settings with { Validation = [] });

        Assert.Equal(8, whole.Train.Count);
        Assert.Equal((8 - validation, validation), (data.Train.Count, data.Validation[0].Examples.Count));
        Assert.Equal(whole.Train.Select(row => row.Ids), data.Train.Concat(data.Validation[0].Examples).Select(row => row.Ids));
    }

    [Fact]
    public void A_validation_file_may_have_another_format()
    {
        var data = _folder.Load("a.txt", "some text", new DataSettings { Validation = [_folder.Write("v.jsonl", """{"prompt": "a", "completion": "b"}""")] });

        Assert.Equal([1, .. ByteTokenizer.Ids("ab"), 2], Assert.Single(Assert.Single(data.Validation).Examples).Ids);
        Assert.Equal(2, data.Reports.Count);
    }

    [Fact]
    public void A_share_of_a_single_row_is_refused() =>
        Assert.Contains("gives one row", Refused(() => _folder.Load("a.txt", "x", new DataSettings { Validation = ["0.5"] })), StringComparison.Ordinal);

    [Fact]
    public void A_format_is_told_by_the_name_or_by_the_setting()
    {
        var path = _folder.Write("a.data", "text");

        Assert.Single(_folder.Load(new DataSettings { Train = [path], Format = DataFormat.Text }).Train);
        var error = Assert.Throws<ConfigurationException>(() => _folder.Load(new DataSettings { Train = [path] }));
        Assert.Equal("data.format", Assert.Single(error.Problems).Key);
    }

    [Fact]
    public void A_length_beyond_the_model_is_refused_before_any_file_is_read()
    {
        var error = Assert.Throws<ConfigurationException>(() => _folder.Load(new DataSettings { Train = ["missing.txt"], MaxLength = 513 }));

        Assert.Equal(new Problem("data.max_length", "513 is more than the model's 512 positions; 512 or less."), Assert.Single(error.Problems));
    }

    [Fact]
    public void A_missing_file_is_named() =>
        Assert.StartsWith("There is no data file 'missing.txt'", Refused(() => _folder.Load(new DataSettings { Train = ["missing.txt"] })), StringComparison.Ordinal);

    [Theory]
    [InlineData("")]
    [InlineData(" \n\n")]
    [InlineData("\uFEFF")]
    public void An_empty_file_is_refused(string content) =>
        Assert.EndsWith("is empty: it holds no row.", Refused(() => _folder.Load("a.jsonl", content)), StringComparison.Ordinal);

    [Theory]
    [InlineData(new byte[] { 0x61, 0x0A, 0x62, 0xFF, 0x63 }, 3)]
    [InlineData(new byte[] { 0xEF, 0xBB, 0xBF, 0x0A, 0xC3 }, 4)]
    public void Invalid_UTF8_is_named_by_byte_and_line(byte[] content, int at)
    {
        var path = _folder.Write("a.txt", content);

        var error = Assert.Throws<DataException>(() => _folder.Load(new DataSettings { Train = [path] }));

        Assert.Equal(2, error.Line);
        Assert.Equal($"'{path}' is not UTF-8: byte {at}, in line 2, begins no character. Convert the file to UTF-8.", error.Message);
    }

    [Fact]
    public void A_file_of_which_nothing_is_left_is_refused_with_its_report()
    {
        var message = Refused(() => _folder.Load("a.jsonl", """{"prompt": "a", "completion": ""}"""));

        Assert.StartsWith("No row can be used: ", message, StringComparison.Ordinal);
        Assert.Contains("1 for an empty answer", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_file_that_is_read_is_reported_with_its_hash_and_size()
    {
        string[] files =
        [
            _folder.Write("a.txt", new string('é', 100_000)),
            _folder.Write("a.jsonl", "\uFEFF" + """{"text": "a"}""" + "\n\n"),
            _folder.Write("a.json", """[{"text": "a"}]""" + "\n\n"),
            _folder.Write("a.csv", "text\nb\n"),
            _folder.Write("messages.parquet", File.ReadAllBytes(GoldenFile.At("messages.parquet"))),
        ];

        using var data = _folder.Load(new DataSettings { Train = files, Template = PromptTemplate.Chat });

        Assert.Equal(
            files.Select(file => (Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(file))), new FileInfo(file).Length)),
            data.Reports.Select(report => (report.Files[0].Sha256, report.Files[0].Bytes)));
    }

    [Fact]
    public void Settings_name_every_problem()
    {
        var problems = new DataSettings { Train = [], Validation = ["1.5"], MaxLength = 1 }.Validate();

        Assert.Equal(["train", "validation", "max_length"], problems.Select(problem => problem.Key));
        Assert.Empty(new DataSettings { Train = ["a.txt"], Validation = ["0.1"] }.Validate());
        Assert.Empty(new DataSettings { Train = ["a.txt"], Validation = ["v.txt"] }.Validate());
    }

    [SharedFact]
    public void A_real_corpus_is_cut_without_loss()
    {
        var model = SharedFolder.At("data", "weights", "stories260K-hf");
        var path = SharedFolder.At("data", "corpora", "tinystories_sample.txt");

        var data = Dataset.Load(new DataSettings { Train = [path], MaxLength = 128 }, model, maxPositions: 512);

        Assert.Equal(File.ReadAllText(path), TextTokenizer.Open(model).Decode(data.Train.SelectMany(row => row.Ids)));
    }

    private static string Refused(Action load)
    {
        var error = Assert.Throws<DataException>(load);
        Assert.DoesNotContain('\n', error.Message);
        return error.Message;
    }
}
