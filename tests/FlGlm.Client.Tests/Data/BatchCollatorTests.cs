using FlGlm.Client.Data;
using FlGlm.Core.Configuration;
using FlGlm.Core.Models;

namespace FlGlm.Client.Tests.Data;

public sealed class BatchCollatorTests
{
    private static readonly ContextMarks Marks = new(Start: 204, GMask: 201, Mask: 200);

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

    [Fact]
    public void Contexts_end_at_the_first_start_mark_and_answers_belong_where_gMASK_stands_or_else_MASK()
    {
        var batch = BatchCollator.Collate([Row(11, 12, 13, Marks.GMask, Marks.Start, 14, 15, 9), Row(11, Marks.Mask, 12, Marks.Start, 14)], marks: Marks);

        Assert.Equal([new RowContext(4, 3), new RowContext(3, 1)], batch.Layout.Contexts);
    }

    [Fact]
    public void A_mask_beside_gMASK_is_inert_and_pads_on_the_left_do_not_count()
    {
        long[] ids = [0, 0, Marks.Mask, 11, Marks.GMask, Marks.Start];
        long[] mask = [0, 0, 1, 1, 1, 1];

        var batch = BatchCollator.CollatePadded(ids, mask, ids, rows: 1, marks: Marks);

        Assert.Equal([new RowContext(3, 2)], batch.Layout.Contexts);
    }

    [Theory]
    [InlineData("<sop>", 11, 201, 12)]
    [InlineData("[gMASK]", 11, 204, 12)]
    public void A_row_without_its_marks_is_refused(string lacks, params int[] ids)
    {
        var error = Assert.Throws<DataException>(() => BatchCollator.Collate([Row(ids)], marks: Marks));

        Assert.Contains($"no {lacks}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_marks_rows_have_no_contexts() => Assert.Null(BatchCollator.Collate([Row(1, 2)]).Layout.Contexts);

    private static Example Row(params int[] ids) => new(ids, ids);

    [Fact]
    public void Rows_of_a_step_are_cut_into_batches_and_these_evenly_into_parts_as_long_as_their_own_longest_row()
    {
        Example[] rows = [.. Enumerable.Range(2, 10).Select(length => new Example([.. Enumerable.Range(1, length)], [.. Enumerable.Range(1, length)]))];

        var batches = BatchCollator.Collate(rows).Cut(batchSize: 7, microBatches: 4).ToList();

        Assert.Equal(["2|3 4|5 6|7 8", "9|10|11"], batches.Select(batch => string.Join('|', batch.Select(part => string.Join(' ', part.Lengths)))));
        Assert.Equal([1, 2, 3, 0, 1, 2, 3, 4], batches[0][1].Ids);
        Assert.Equal([1, 2, 3, Example.Ignored, 1, 2, 3, 4], batches[0][1].Labels);
        Assert.Equal((2, 4), (batches[0][1].Rows, batches[0][1].Length));
    }

    [Fact]
    public void Rows_that_fit_one_part_stay_the_batch_that_they_are()
    {
        var batch = BatchCollator.Collate([new Example([1, 2], [1, 2]), new Example([1, 2, 3], [1, 2, 3])]);

        Assert.Same(batch, Assert.Single(Assert.Single(batch.Cut(batchSize: 2, microBatches: 1))));
    }
}
