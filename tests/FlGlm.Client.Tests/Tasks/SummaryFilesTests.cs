using FlGlm.Client.Data;
using FlGlm.Client.Tests.Data;
using FlGlm.Core.Configuration;
using FlGlm.Testing;

namespace FlGlm.Client.Tests.Tasks;

/// <summary>Summarisation data in the forms they are published in beside Hugging Face's.</summary>
public sealed class SummaryFilesTests : IDisposable
{
    private readonly DataFolder _model = new();
    private readonly TempFolder _data = new();

    [Theory]
    [InlineData("cnn_dailymail", ".source", ".target")]
    [InlineData("xsum", ".document", ".summary")]
    public void A_line_of_one_file_is_the_summary_of_the_same_line_of_the_other(string task, string source, string target)
    {
        foreach (var split in new[] { "train", "val" })
        {
            _data.Write(split + source, "A long story.\r\nAnother one.\n");
            _data.Write(split + target, "Short.\r\nOther.\n");
        }

        using var data = Load(task);

        Assert.Equal(["A long story. Short.", "Another one. Other."], data.Train.Select(Text));
        Assert.Equal([Path.Combine(_data.Path, "train" + source), Path.Combine(_data.Path, "train" + target)], data.Reports[0].Files.Select(file => file.Path));
        Assert.All(data.Reports.SelectMany(report => report.Files), file => Assert.Equal(64, file.Sha256.Length));
    }

    [Fact]
    public void Files_of_different_lengths_are_refused_with_the_line()
    {
        _data.Write("train.source", "one\ntwo\n");
        _data.Write("train.target", "one\n");
        _data.Write("val.source", "one\n");
        _data.Write("val.target", "one\n");

        var error = Assert.Throws<DataException>(() => Load("cnn_dailymail"));
        Assert.Equal(2, error.Line);
        Assert.EndsWith("train.target' ends before line 2, which '" + Path.Combine(_data.Path, "train.source") + "' has; a line of one belongs to the same line of the other.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_second_file_is_named()
    {
        _data.Write("train.source", "one\n");

        Assert.Contains(Path.Combine(_data.Path, "train.target"), Assert.Throws<DataException>(() => Load("cnn_dailymail", validation: false)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_authors_folder_of_xsum_gives_the_articles_of_each_split_as_one_set()
    {
        _data.Write("XSum-TRAINING-DEV-TEST-SPLIT-90-5-5.json", """{"train": ["11", "12"], "validation": ["13"], "test": []}""");
        Directory.CreateDirectory(_data.At("bbc-summary-data"));
        foreach (var id in new[] { "11", "12", "13" })
            _data.Write($"bbc-summary-data/{id}.summary", $"[SN]URL[SN]\nhttp://example\n\n[SN]TITLE[SN]\nTitle\n\n[SN]FIRST-SENTENCE[SN]\nSummary {id}.\n\n[SN]RESTBODY[SN]\nFirst line.\nSecond line {id}.\n");

        using var data = Load("xsum");

        Assert.Equal(["First line. Second line 11. Summary 11.", "First line. Second line 12. Summary 12."], data.Train.Select(Text));
        var held = Assert.Single(data.Validation);
        Assert.Equal("First line. Second line 13. Summary 13.", Text(Assert.Single(held.Examples)));
        Assert.Equal([2, 1], data.Reports.Select(report => report.Read));
        Assert.Equal(2, data.Reports[0].Files.Count);
    }

    [Fact]
    public void An_article_that_is_missing_and_one_without_its_blocks_are_named()
    {
        _data.Write("XSum-TRAINING-DEV-TEST-SPLIT-90-5-5.json", """{"train": ["11"], "validation": ["11"]}""");
        Assert.Contains("names the article '11'", Assert.Throws<DataException>(() => Load("xsum")).Message, StringComparison.Ordinal);

        _data.Write("11.summary", "[SN]TITLE[SN]\nTitle\n");
        Assert.Contains("has no [SN]FIRST-SENTENCE[SN]", Assert.Throws<DataException>(() => Load("xsum")).Message, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _model.Dispose();
        _data.Dispose();
    }

    private Dataset Load(string task, bool validation = true) => _model.Load(new DataSettings
    {
        Task = task,
        Folder = validation ? _data.Path : "",
        Train = validation ? [] : [Path.Combine(_data.Path, "train.source")],
        Pattern = "article",
    });

    private string Text(Example row) => _model.Open().Decode(row.Ids);
}
