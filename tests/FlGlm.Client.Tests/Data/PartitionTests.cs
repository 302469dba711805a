using FlGlm.Client.Data;
using FlGlm.Testing;

namespace FlGlm.Client.Tests.Data;

public sealed class PartitionTests : IDisposable
{
    private readonly DataFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Iid_parts_are_shuffled_disjoint_cover_all_rows_and_differ_by_one_row_at_most()
    {
        var partitions = _folder.Partitions(Plain(11, new() { By = PartitionMethod.Iid, Parts = 3 }));

        Assert.Equal([4, 4, 3], partitions[0].Parts.Select(part => part.Rows));
        Assert.Equal([4, 4, 3], partitions.Select(partition => partition.Own.Rows));
        Assert.Equal(Enumerable.Range(1, 11), partitions.Rows().SelectMany(rows => rows).Order());
        Assert.Equal([4, 5, 7, 8, 1, 6, 10, 11, 2, 3, 9], partitions.Rows().SelectMany(rows => rows));  // on every machine
    }

    [Fact]
    public void Every_client_computes_the_same_partition_and_another_seed_gives_another()
    {
        var settings = Plain(40, new() { By = PartitionMethod.Dirichlet, Parts = 3, Alpha = 2 });
        var partitions = _folder.Partitions(settings);
        var other = _folder.Partitions(settings with { Partition = settings.Partition with { Seed = 43 } });

        Assert.Single(partitions.Select(partition => partition.Sha256).Distinct());
        Assert.All(partitions, partition => Assert.Equal(
            partitions.Select(each => (each.Own.Number, each.Own.Rows, each.Own.Examples)), partition.Parts.Select(part => (part.Number, part.Rows, part.Examples))));
        Assert.NotEqual(partitions[0].Sha256, other[0].Sha256);
        Assert.NotEqual(partitions.Rows(), other.Rows());
    }

    [Fact]
    public void A_file_of_another_name_gives_the_same_partition_and_one_of_other_content_another_hash()
    {
        static DataSettings Of(string path) => new() { Train = [path], Partition = new() { By = PartitionMethod.Iid, Parts = 2 } };
        var path = _folder.WriteRows("rows.jsonl", 6);

        var partitions = _folder.Partitions(Of(path));
        var renamed = _folder.Partitions(Of(_folder.Write("other.jsonl", File.ReadAllText(path))));
        var changed = _folder.Partitions(Of(_folder.Write("other.jsonl", File.ReadAllText(path).Replace("4?", "7?", StringComparison.Ordinal))));

        Assert.Equal(partitions[0].Sha256, renamed[0].Sha256);
        Assert.Equal(partitions.Rows(), renamed.Rows());
        Assert.Equal(partitions.Rows(), changed.Rows());
        Assert.NotEqual(partitions[0].Sha256, changed[0].Sha256);
    }

    [Fact]
    public void Label_skew_sorts_by_label_and_cuts_into_equal_parts()
    {
        var partitions = _folder.Partitions(Labelled("1001011101", new() { By = PartitionMethod.LabelSkew, Parts = 2 }));

        Assert.Equal(["false", "true"], partitions[0].Labels);
        Assert.Equal([[4, 1], [0, 5]], partitions[0].Parts.Select(part => part.Labels));
        Assert.Equal([2, 3, 5, 9], partitions.Rows()[0].Intersect([2, 3, 5, 9]));
        Assert.Equal(Enumerable.Range(1, 10), partitions.Rows().SelectMany(rows => rows).Order());
    }

    [Fact]
    public void Labels_stand_in_the_order_of_the_task()
    {
        var rows = new[] { "neutral", "contradiction", "entailment" }.Select(label => $$"""{"premise": "P", "hypothesis": "H", "label": "{{label}}"}""");
        var settings = new DataSettings
        {
            Task = "superglue/cb", Train = [_folder.Write("cb.jsonl", string.Join('\n', rows))], Partition = new() { By = PartitionMethod.LabelSkew, Parts = 3 },
        };

        var partitions = _folder.Partitions(settings);

        Assert.Equal(["entailment", "contradiction", "neutral"], partitions[0].Labels);
        Assert.Equal([[3], [2], [1]], partitions.Rows());
    }

    [SharedFact]
    public void Label_skew_of_COPA_gives_the_parts_of_the_paper()
    {
        var settings = new DataSettings
        {
            Task = "superglue/copa", Train = [SharedFolder.At("data", "superglue", "COPA", "train.jsonl")], Partition = new() { By = PartitionMethod.LabelSkew, Parts = 2 },
        };

        var partitions = _folder.Partitions(settings);

        Assert.Equal((400, 0), (partitions[0].Rows, partitions[0].Unused));
        Assert.Equal(["0", "1"], partitions[0].Labels);
        Assert.Equal([(200, 400), (200, 400)], partitions[0].Parts.Select(part => (part.Rows, part.Examples)));  // each row is learnt twice
        Assert.Equal([[195, 5], [0, 200]], partitions[0].Parts.Select(part => part.Labels));
        Assert.Equal(Enumerable.Range(1, 400), partitions.Rows().SelectMany(rows => rows).Order());
        Assert.NotEqual(partitions.Rows(), _folder.Partitions(settings with { Partition = settings.Partition with { Seed = 1 } }).Rows());
    }

    [Fact]
    public void Dirichlet_shares_every_label_by_a_draw_of_its_own()
    {
        var labels = new string('0', 60) + new string('1', 40);
        var partitions = _folder.Partitions(Labelled(labels, new() { By = PartitionMethod.Dirichlet, Parts = 3, Alpha = 1 }));
        var random = new SplitMix64(42);
        var zeros = DirichletShares.Sizes(random, 1, 3, 60);

        var parts = partitions[0].Parts;
        Assert.Equal([60, 40], new[] { 0, 1 }.Select(label => parts.Sum(part => part.Labels[label])));
        Assert.Equal(zeros, parts.Select(part => part.Labels[0]));
        Assert.NotEqual(zeros.Select(size => size * 2 / 3), parts.Select(part => part.Labels[1]));
        Assert.Equal(Enumerable.Range(1, 100), partitions.Rows().SelectMany(rows => rows).Order());
        Assert.Equal(zeros[0], partitions.Rows()[0].Count(row => row <= 60));
    }

    [Fact]
    public void Dirichlet_draws_the_sizes_of_parts_where_rows_have_no_label()
    {
        var partitions = _folder.Partitions(Plain(50, new() { By = PartitionMethod.Dirichlet, Parts = 3, Alpha = 1 }));

        Assert.Empty(partitions[0].Labels);
        Assert.Equal(DirichletShares.Sizes(new SplitMix64(42), 1, 3, 50), partitions[0].Parts.Select(part => part.Rows));
    }

    [Fact]
    public void Counts_give_each_part_so_many_rows_and_the_others_are_nobody_s()
    {
        var partitions = _folder.Partitions(Plain(10, new() { By = PartitionMethod.Counts, Parts = 2, Counts = [2, 5] }));

        Assert.Equal([2, 5], partitions.Rows().Select(rows => rows.Count));
        Assert.Equal((10, 3), (partitions[0].Rows, partitions[0].Unused));
        Assert.Equal(7, partitions.Rows().SelectMany(rows => rows).Distinct().Count());
        Assert.NotEqual([1, 2], partitions.Rows()[0]);
    }

    [Fact]
    public void Files_are_the_parts_of_their_places()
    {
        string[] files = [_folder.WriteRows("a.jsonl", 2), _folder.WriteRows("b.jsonl", 3)];

        var partitions = _folder.Partitions(new DataSettings { Train = files, Partition = new() { By = PartitionMethod.Files, Parts = 2 } });

        Assert.Equal([2, 3], partitions[0].Parts.Select(part => part.Rows));
        Assert.Equal(files, partitions.Select(partition => Assert.Single(partition.Files).Path));
        Assert.Equal([[1, 2], [1, 2, 3]], partitions.Rows());
    }

    [Fact]
    public void A_client_learns_the_rows_of_its_part_in_the_order_of_the_files()
    {
        string[] files = [_folder.WriteRows("a.jsonl", 6), _folder.WriteRows("b.jsonl", 6)];
        var settings = new DataSettings { Train = files, Partition = new() { By = PartitionMethod.Iid, Parts = 2, Index = 2 } };
        using var all = _folder.Load(settings with { Partition = new() });
        using var own = _folder.Load(settings);

        var rows = own.Partition!.Files.SelectMany(file => file.Rows.Select(row => row - 1 + (file.Path == files[0] ? 0 : 6)));
        Assert.Equal(rows.Select(row => all.Train[row].Ids), own.Train.Select(example => example.Ids));
        Assert.Equal(own.Train.Select(example => example.Ids.Length), StoredExamples.LengthsOf(own.Train));
        Assert.Equal(12, all.Train.Count);
        Assert.Null(all.Partition);
        Assert.Equal([6, 6], own.Reports.Select(report => report.Kept));  // reports are of the files
    }

    [Fact]
    public void A_row_that_gives_several_examples_stays_whole_and_one_that_gives_none_is_no_row()
    {
        var longText = string.Concat(Enumerable.Range(0, 40).Select(word => $"word{word} "));
        var rows = new[] { longText, "", longText, "short", longText }.Select(text => $$"""{"text": "{{text}}"}""");
        var settings = new DataSettings
        {
            Train = [_folder.Write("texts.jsonl", string.Join('\n', rows))], MaxLength = 64, Partition = new() { By = PartitionMethod.Iid, Parts = 2 },
        };

        var partitions = _folder.Partitions(settings);

        using var all = _folder.Load(settings with { Partition = new() });
        Assert.Equal([1, 3, 4, 5], partitions.Rows().SelectMany(each => each).Order());
        Assert.True(all.Train.Count > 10);
        Assert.Equal(all.Train.Count, partitions.Sum(partition => partition.Own.Examples));
    }

    [Fact]
    public void Each_row_that_is_cut_from_a_text_file_is_divided_alone()
    {
        var settings = new DataSettings { Train = [_folder.Write("a.txt", new string('a', 400))], MaxLength = 40, Partition = new() { By = PartitionMethod.Iid, Parts = 2 } };

        var partitions = _folder.Partitions(settings);

        Assert.InRange(partitions[0].Rows, 10, 11);
        Assert.False(partitions[0].Files[0].IsLine);
        Assert.Equal(Enumerable.Range(1, partitions[0].Rows), partitions.Rows().SelectMany(rows => rows).Order());
    }

    [Theory]
    [InlineData("0.2")]
    [InlineData("VALIDATION")]
    public void Rows_to_validate_with_are_never_divided(string validation)
    {
        var settings = Plain(10, new() { By = PartitionMethod.Iid, Parts = 2, Index = 1 }) with
        {
            Validation = [validation.Replace("VALIDATION", _folder.WriteRows("val.jsonl", 4), StringComparison.Ordinal)],
        };
        using var first = _folder.Load(settings);
        using var second = _folder.Load(settings with { Partition = settings.Partition with { Index = 2 } });
        using var all = _folder.Load(settings with { Partition = new() });

        Assert.All([first, second], data => Assert.Equal(all.Validation[0].Examples.Select(row => row.Ids), data.Validation[0].Examples.Select(row => row.Ids)));
        Assert.Equal(all.Train.Count, first.Train.Count + second.Train.Count);
        Assert.Equal(all.Train.Count, first.Partition!.Rows);
    }

    [Fact]
    public void Of_a_row_at_the_border_only_the_examples_that_are_not_held_out_are_divided()
    {
        var rows = Enumerable.Range(0, 3).Select(row => $$"""{"text": "{{new string((char)('a' + row), 200)}}"}""");
        var settings = new DataSettings
        {
            Train = [_folder.Write("texts.jsonl", string.Join('\n', rows))], Validation = ["0.5"], MaxLength = 32, Partition = new() { By = PartitionMethod.Iid, Parts = 2 },
        };

        var partitions = _folder.Partitions(settings);

        using var all = _folder.Load(settings with { Partition = new() });
        Assert.Equal(2, partitions[0].Rows);  // the second in part, the third not at all
        Assert.Equal(all.Train.Count, partitions.Sum(partition => partition.Own.Examples));
        Assert.Equal(all.Train.Count, all.Validation[0].Examples.Count, 1.0);
    }

    [Fact]
    public void The_articles_of_a_folder_are_numbered_as_rows_of_one_file()
    {
        var articles = Enumerable.Range(1, 5).Select(article => _folder.Write(
            $"{article}.summary", $"[SN]FIRST-SENTENCE[SN]\nIn short {article}.\n[SN]RESTBODY[SN]\nAt length {article}.\n"));
        var settings = new DataSettings { Task = "xsum", Train = [.. articles], Partition = new() { By = PartitionMethod.Iid, Parts = 2 } };

        var partitions = _folder.Partitions(settings);

        Assert.All(partitions, partition => Assert.False(Assert.Single(partition.Files).IsLine));
        Assert.Equal([1, 2, 3, 4, 5], partitions.Rows().SelectMany(rows => rows).Order());
    }

    private DataSettings Plain(int rows, PartitionSettings partition) => new() { Train = [_folder.WriteRows("rows.jsonl", rows)], Partition = partition };

    private DataSettings Labelled(string labels, PartitionSettings partition) =>
        new() { Task = "superglue/boolq", Train = [_folder.WriteLabelled("boolq.jsonl", labels)], Partition = partition };
}
