using FlGlm.Client.Data;

namespace FlGlm.Client.Tests.Data;

public sealed class RepeatedRowsTests : IDisposable
{
    private readonly DataFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Rows_of_training_and_validation_that_are_alike_are_counted_and_the_first_is_named()
    {
        var (a, b) = (Write("a.jsonl", "one", "", "two", "three"), Write("b.jsonl", "four"));
        var (v, w) = (Write("v.jsonl", "five", "three", "two", "four"), Write("w.jsonl", "six", "seven"));

        using var data = _folder.Load(new DataSettings { Train = [a, b], Validation = [v, w] });

        Assert.Equal(
            [
                $"{v}: 2 row(s) to validate with are also trained on, in {a}; the first is line 2, like line 4 there. Their loss says little about rows that are not learnt.",
                $"{v}: 1 row(s) to validate with are also trained on, in {b}; the first is line 4, like line 1 there. Their loss says little about rows that are not learnt.",
            ],
            data.Warnings);
        Assert.All(data.Reports, report => Assert.Equal(0, report.Repeated));
    }

    [Fact]
    public void Rows_held_out_by_a_share_are_compared_too()
    {
        var path = Write("a.jsonl", "one", "two", "one", "two");

        using var data = _folder.Load(new DataSettings { Train = [path], Validation = ["0.5"] });

        Assert.Equal(
            [$"{path}: 2 row(s) to validate with are also trained on, in {path}; the first is line 3, like line 1 there. Their loss says little about rows that are not learnt."],
            data.Warnings);
        Assert.Equal(0, data.Reports[0].Repeated);
    }

    [Fact]
    public void Rows_to_train_on_that_are_alike_are_counted_in_their_file_s_report()
    {
        var (a, b) = (Write("a.jsonl", "one", "one", "two"), Write("b.jsonl", "one", "two", "three"));

        using var data = _folder.Load(new DataSettings { Train = [a, b] });

        Assert.Equal([1, 2], data.Reports.Select(report => report.Repeated));
        Assert.EndsWith("; 2 like an earlier row", data.Reports[1].ToString(), StringComparison.Ordinal);
        Assert.Empty(data.Warnings);
        Assert.Equal(6, data.Train.Count);
    }

    [Fact]
    public void Rows_of_a_text_and_of_a_list_are_named_by_their_number()
    {
        var text = _folder.Write("a.txt", "aaabbbbcccc");
        var list = _folder.Write("v.json", """[{"input_ids": [5, 6]}, {"input_ids": [102, 102, 102, 102]}]""");

        using var data = _folder.Load(new DataSettings { Train = [text], Validation = [list], MaxLength = 4 });

        Assert.Contains("; the first is row 2, like row 3 there.", Assert.Single(data.Warnings), StringComparison.Ordinal);
    }

    private string Write(string name, params string[] texts) =>
        _folder.Write(name, string.Concat(texts.Select(text => text.Length == 0 ? "\n" : $$"""{"prompt": "q", "completion": "{{text}}"}""" + "\n")));
}
