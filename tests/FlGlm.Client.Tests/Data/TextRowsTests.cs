using FlGlm.Client.Data;
using FlGlm.Testing;

namespace FlGlm.Client.Tests.Data;

public sealed class TextRowsTests : IDisposable
{
    private readonly DataFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_text_is_tokenised_whole_and_cut_into_rows_that_are_all_labels()
    {
        var data = _folder.Load("a.txt", "one\ntwo three", new DataSettings { MaxLength = 5 });

        Assert.Equal([1, .. ByteTokenizer.Ids("one\ntwo three")], data.Train.SelectMany(row => row.Ids));
        Assert.Equal([5, 5, 4], data.Train.Select(row => row.Ids.Length));
        Assert.All(data.Train, row => Assert.Equal(row.Ids, row.Labels));
    }

    [Fact]
    public void A_last_row_of_one_token_is_dropped_and_reported()
    {
        var data = _folder.Load("a.txt", "12345678", new DataSettings { MaxLength = 4 });

        var report = Assert.Single(data.Reports);
        Assert.Equal([4, 4], data.Train.Select(row => row.Ids.Length));
        Assert.Equal((3, 2, 0, 8L), (report.Read, report.Kept, report.Truncated, report.Tokens));
        Assert.EndsWith("a.txt: 3 rows read, 2 kept, dropped: 1 for a last row of one token; 8 tokens", report.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Marks_follow_the_tokenizer_s_settings()
    {
        _folder.Write("tokenizer_config.json", """{"add_bos_token": false, "add_eos_token": true}""");

        var data = _folder.Load("a.txt", "abc");

        Assert.Equal([.. ByteTokenizer.Ids("abc"), 2], Assert.Single(data.Train).Ids);
    }

    [Fact]
    public void Several_files_follow_each_other_each_with_its_own_beginning()
    {
        var data = _folder.Load(new DataSettings { Train = [_folder.Write("a.txt", "aa"), _folder.Write("b.txt", "\uFEFFbb")] });

        Assert.Equal([[1, .. ByteTokenizer.Ids("aa")], [1, .. ByteTokenizer.Ids("bb")]], data.Train.Select(row => row.Ids));
        Assert.Equal(2, data.Reports.Count);
    }
}
