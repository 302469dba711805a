using FlGlm.Client.Data;
using FlGlm.Client.Defences;
using FlGlm.Privacy.Accounting;
using FlGlm.Privacy.Noise;

namespace FlGlm.Privacy.Tests.Accounting;

public sealed class RowCountsTests
{
    private static readonly TrainingBatch Rows = BatchCollator.Collate([new([1, 2, 3], [1, 2, 3]), new([4, 5], [4, 5])]);
    private static readonly TrainingBatch Others = BatchCollator.Collate([new([1, 2, 3], [1, 2, 4]), new([1, 2, 3], [1, 2, 3])]);
    private readonly RowCounts _counts = new();

    [Fact]
    public void The_most_used_row_counts_and_rows_of_the_same_text_are_one()
    {
        Add(Rows, PassPurpose.Train, 1, 2);
        Add(Others, PassPurpose.Train, 3, 4);

        Assert.Equal(2, _counts.Most(NoiseChannel.Hidden));
        Assert.Equal(3, _counts.MostWith(NoiseChannel.Hidden, Rows));
        Assert.Equal(4, _counts.MostWith(NoiseChannel.Hidden, BatchCollator.Collate([new([1, 2, 3], [1, 2, 3]), new([1, 2, 3], [1, 2, 3])])));
        Assert.Equal(0, _counts.Most(NoiseChannel.UpwardGradient));
        Assert.Equal(1, _counts.MostWith(NoiseChannel.UpwardGradient, Rows));
    }

    [Fact]
    public void A_validation_that_repeats_its_bytes_costs_nothing_and_one_with_others_does()
    {
        Add(Rows, PassPurpose.Validate, 1, 2);
        Add(Rows, PassPurpose.Validate, 1, 2);
        Assert.Equal(1, _counts.Most(NoiseChannel.Hidden));

        Add(Rows, PassPurpose.Validate, 3, 2);
        Assert.Equal(2, _counts.Most(NoiseChannel.Hidden));
    }

    [Fact]
    public void Every_pass_of_an_answer_counts_for_every_row()
    {
        Add(Rows, PassPurpose.Train, 1, 2);
        for (var pass = 0; pass < 3; pass++)
            _counts.Add(NoiseChannel.Hidden, new BoundaryPass(PassPurpose.Generate, Step: 0, FirstRow: 0, Rows.Layout), [(UInt128)(10 + pass), 20]);

        Assert.Equal(4, _counts.Most(NoiseChannel.Hidden));
        Assert.Equal(5, _counts.MostWith(NoiseChannel.Hidden, Rows));
    }

    private void Add(TrainingBatch rows, PassPurpose purpose, params UInt128[] releases) =>
        _counts.Add(NoiseChannel.Hidden, new BoundaryPass(purpose, Step: 1, FirstRow: 0, rows.Layout) { Rows = rows }, releases);
}
