using FlGlm.Client.Data;
using FlGlm.Core.Configuration;
using FlGlm.Testing;

namespace FlGlm.Client.Tests.Data;

/// <summary>Partitions that cannot be made: one line with the key to change.</summary>
public sealed class BadPartitionTests : IDisposable
{
    private readonly DataFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<PartitionSettings, string> Wrong => new()
    {
        { new() { By = PartitionMethod.Iid }, "partition.parts: 0 is no number of clients; 1 or more." },
        { new() { By = PartitionMethod.Iid, Parts = -1, Index = 1 }, "partition.parts: -1 is no number of clients; 1 or more." },
        { new() { By = PartitionMethod.Iid, Parts = 2 }, "partition.index: 0 is none of the parts 1 to 2; the part that this client trains on." },
        { new() { By = PartitionMethod.Iid, Parts = 2, Index = 3 }, "partition.index: 3 is none of the parts 1 to 2; the part that this client trains on." },
        { Dirichlet(0), "partition.alpha: 0 is out of range; 0.000001 (a label goes to one part) to 1000000 (equal shares)." },
        { Dirichlet(-1), "partition.alpha: -1 is out of range; 0.000001 (a label goes to one part) to 1000000 (equal shares)." },
        { Dirichlet(double.NaN), "partition.alpha: NaN is out of range; 0.000001 (a label goes to one part) to 1000000 (equal shares)." },
        { Dirichlet(double.PositiveInfinity), "partition.alpha: Infinity is out of range; 0.000001 (a label goes to one part) to 1000000 (equal shares)." },
        { Counts(2), "partition.counts: has 1 number(s) for 2 part(s); the rows of each part." },
        { Counts(2, 0), "partition.counts: 0 is no number of rows; 1 or more for each part." },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void Settings_that_make_no_sense_are_named_also_where_a_library_s_user_gives_them(PartitionSettings partition, string says)
    {
        var settings = new DataSettings { Train = [_folder.WriteRows("rows.jsonl", 10)], Partition = partition };

        Assert.Equal(says, Assert.Single(settings.Validate()).ToString());
        Assert.Equal("data." + says, Assert.Throws<ConfigurationException>(() => _folder.Load(settings)).Message);
    }

    [Fact]
    public void Without_a_method_the_other_settings_are_unused()
    {
        Assert.Empty(new DataSettings { Train = ["a.txt"], Partition = new() { Parts = -1, Index = 7, Alpha = -1, Counts = [0] } }.Validate());
        Assert.Empty(new DataSettings { Train = ["a.txt"], Partition = new() { By = PartitionMethod.Iid, Parts = 2, Index = 2, Alpha = -1, Counts = [0] } }.Validate());
    }

    [Fact]
    public void More_parts_than_rows_are_refused() => AssertRefused(
        Plain(3, new() { By = PartitionMethod.Iid, Parts = 5, Index = 1 }),
        "data.partition.parts: 5 are more than the 3 row(s) to train on, so that parts 4 to 5 would have none; fewer parts.");

    [Fact]
    public void Counts_beyond_the_rows_are_refused() => AssertRefused(
        Plain(10, Counts(9, 2)), "data.partition.counts: are 11 rows together, and there are 10 to train on; fewer.");

    [Fact]
    public void Counts_whose_sum_is_no_int_are_refused() => AssertRefused(
        Plain(10, Counts(int.MaxValue, int.MaxValue)), "data.partition.counts: are 4294967294 rows together, and there are 10 to train on; fewer.");

    [Fact]
    public void Parts_without_a_row_are_named_to_every_client() => Assert.All([1, 2, 3], index => AssertRefused(
        Plain(6, Dirichlet(0.01) with { Parts = 3, Index = index }), "data.partition.alpha: of 3 parts, these have no row: 2, 3. A larger alpha, another seed, or fewer parts."));

    [Fact]
    public void Another_number_of_files_than_parts_is_refused() => AssertRefused(
        Plain(3, new() { By = PartitionMethod.Files, Parts = 2, Index = 1 }),
        "data.partition.parts: 2, and there are 1 file(s) to train on; as many as data.train names.");

    [Fact]
    public void A_file_of_which_all_rows_are_held_out_is_no_part()
    {
        var settings = new DataSettings
        {
            Train = [_folder.WriteRows("a.jsonl", 8), _folder.WriteRows("b.jsonl", 2)], Validation = ["0.3"], Partition = new() { By = PartitionMethod.Files, Parts = 2, Index = 1 },
        };

        AssertRefused(
            settings,
            "data.partition.by: of 2 parts, this one has no row: 2: data.validation holds out all rows of its file. Fewer rows to validate with, or files of their own.");
    }

    [Fact]
    public void Rows_without_labels_cannot_be_sorted_by_them()
    {
        var settings = Plain(4, LabelSkew);

        AssertRefused(
            settings,
            $"data.partition.by: label_skew sorts rows by their labels, and '{settings.Train[0]}' line 1 has none: those of a task that is a classification have (docs/tasks.md). "
                + "iid, dirichlet, counts or files.");
    }

    [Theory]
    [InlineData("superglue/boolq", "")]
    [InlineData("superglue/cb", "")]
    [InlineData("superglue/copa", "")]
    [InlineData("superglue/rte", "")]
    [InlineData("superglue/wic", "")]
    [InlineData("superglue/wsc", "")]
    [InlineData("superglue/multirc", "line 1 has several, for its questions differ in them")]
    [InlineData("superglue/record", "line 1 has none: ")]
    [InlineData("cnn_dailymail", "line 1 has none: ")]
    [InlineData("xsum", "line 1 has none: ")]
    [InlineData("huatuo", "row 1 has none: ")]
    public void Six_tasks_of_SuperGLUE_have_labels_to_sort_by(string task, string says)
    {
        var settings = new DataSettings
        {
            Task = task, Folder = RepositoryFolder.At("tests", "Fixtures", "tasks", task.Split('/')[^1]), Partition = LabelSkew,
        };

        if (says.Length > 0)
        {
            Assert.Contains(says, Assert.Throws<ConfigurationException>(() => _folder.Load(settings)).Message, StringComparison.Ordinal);
            return;
        }

        using var data = _folder.Load(settings);
        Assert.InRange(data.Partition!.Labels.Count, 2, 3);
    }

    [Fact]
    public void Rows_of_one_label_give_nothing_to_sort_by() => AssertRefused(
        new DataSettings { Task = "superglue/boolq", Train = [_folder.WriteLabelled("boolq.jsonl", "1-11")], Partition = LabelSkew },
        "data.partition.by: label_skew has nothing to sort by: all 3 rows to train on have the label 'true'. iid, dirichlet, counts or files.");

    private static PartitionSettings LabelSkew => new() { By = PartitionMethod.LabelSkew, Parts = 2, Index = 1 };

    private static PartitionSettings Dirichlet(double alpha) => new() { By = PartitionMethod.Dirichlet, Parts = 2, Index = 1, Alpha = alpha };

    private static PartitionSettings Counts(params int[] counts) => new() { By = PartitionMethod.Counts, Parts = 2, Index = 1, Counts = counts };

    private DataSettings Plain(int rows, PartitionSettings partition) => new() { Train = [_folder.WriteRows("rows.jsonl", rows)], Partition = partition };

    private void AssertRefused(DataSettings settings, string says) =>
        Assert.Equal(says, Assert.Throws<ConfigurationException>(() => _folder.Load(settings)).Message);
}
