using FlGlm.Client.Data;

namespace FlGlm.Client.Tests.Data;

public sealed class BatchCollatorTests
{
    [Fact]
    public void Rows_are_padded_on_the_right_to_the_longest_of_them()
    {
        var batch = BatchCollator.Collate([new([1, 5, 6, 2], [-100, -100, 6, 2]), new([1, 7], [1, 7])], padId: 9);

        Assert.Equal((2, 4), (batch.Rows, batch.Length));
        Assert.Equal([1, 5, 6, 2, 1, 7, 9, 9], batch.Ids);
        Assert.Equal([-100, -100, 6, 2, 1, 7, -100, -100], batch.Labels);
        Assert.Equal([4, 2], batch.Lengths);
        Assert.Equal(6, batch.Tokens);
    }

    [Fact]
    public void Targets_are_counted_after_the_shift() =>
        Assert.Equal(3, BatchCollator.Collate([new([1, 5, 6, 2], [-100, -100, 6, 2]), new([1, 7], [1, 7])]).LabelCount);

    [Fact]
    public void Pads_on_either_side_are_shifted_out()
    {
        long[] ids = [0, 0, 0, 1, 5, 6, 0, 1, 7, 8, 0, 0];
        long[] mask = [0, 0, 0, 1, 1, 1, 0, 1, 1, 1, 0, 0];
        long[] labels = [-100, -100, -100, -100, 5, 6, -100, -100, -100, 8, -100, -100];

        var batch = BatchCollator.CollatePadded(ids, mask, labels, rows: 2);

        Assert.Equal((2, 3), (batch.Rows, batch.Length));
        Assert.Equal([1, 5, 6, 1, 7, 8], batch.Ids);
        Assert.Equal([-100, 5, 6, -100, -100, 8], batch.Labels);
        Assert.Equal([3, 3], batch.Lengths);
        Assert.Equal(3, batch.LabelCount);
    }

    [Fact]
    public void Rows_of_unequal_width_are_no_padded_batch() =>
        Assert.Throws<ArgumentException>(() => BatchCollator.CollatePadded([1, 2, 3], [1, 1, 1], [1, 2, 3], rows: 2));
}
