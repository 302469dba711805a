using FlGlm.Cli.Runs;
using FlGlm.Client.Data;
using FlGlm.Client.Events;

namespace FlGlm.EndToEnd.Tests.Runs;

public sealed class PartitionTableTests
{
    private static readonly Partition Skewed = new(
        new() { By = PartitionMethod.LabelSkew, Parts = 2, Index = 1 }, 400, ["0", "1"], [new(1, 200, 400, [195, 5]), new(2, 200, 400, [0, 200])], [], "ab12");

    [Fact]
    public void Every_part_has_a_row_and_every_label_a_column_and_the_own_part_is_marked() => Assert.Equal(
        [
            "partition: 400 rows by label_skew, seed 42; sha256 ab12",
            "part  rows  examples    0    1",
            "   1   200       400  195    5  <- this client",
            "   2   200       400    0  200",
        ],
        EventText.Lines(new ClientEvent.Partitioned(Skewed)).Select(line => line.Text));

    [Fact]
    public void Rows_without_labels_have_no_such_columns_and_rows_in_no_part_are_counted() => Assert.Equal(
        ["partition: 9 rows by counts, seed 7; sha256 ab12", "part  rows  examples", "   1     2         2", "   2     4         4  <- this client", "3 row(s) are in no part"],
        PartitionTable.Lines(new(new() { By = PartitionMethod.Counts, Parts = 2, Index = 2, Seed = 7, Counts = [2, 4] }, 9, [], [new(1, 2, 2, []), new(2, 4, 4, [])], [], "ab12")));

    [Theory]
    [InlineData(PartitionMethod.Dirichlet, true, "partition: 400 rows by dirichlet with alpha 0.5 over each label, seed 42; sha256 ab12")]
    [InlineData(PartitionMethod.Dirichlet, false, "partition: 400 rows by dirichlet with alpha 0.5 over all rows, which are not told apart by a label, seed 42; sha256 ab12")]
    [InlineData(PartitionMethod.Files, true, "partition: 400 rows by files; sha256 ab12")]
    [InlineData(PartitionMethod.Iid, true, "partition: 400 rows by iid, seed 42; sha256 ab12")]
    public void The_first_line_says_how_rows_were_divided(PartitionMethod method, bool labelled, string line) => Assert.Equal(
        line, PartitionTable.Lines(Skewed with { Settings = Skewed.Settings with { By = method }, Labels = labelled ? Skewed.Labels : [] }).First());

    [Fact]
    public void The_event_says_in_words_which_part_this_is() =>
        Assert.Equal("partition: part 1 of 2, 200 of 400 rows", new ClientEvent.Partitioned(Skewed).ToString());
}
