using FlGlm.Client.Data;
using FlGlm.Client.Stages;
using FlGlm.Core.Models;
using FlGlm.Core.Splitting;
using static TorchSharp.torch;

namespace FlGlm.Client.Training;

/// <summary>
/// Head and tail of one step, computed row by row, so that each row has a gradient of its own: forward and backward of each row are what they are in a
/// batch of one. The middle still gets all rows of a batch together.
/// </summary>
/// <param name="clip">L2 norm that a row's gradient is clipped to</param>
/// <param name="rows">of the step</param>
internal sealed class RowPasses(ClientStages stages, double clip, int rows) : IDisposable
{
    private readonly RowGradients _gradients = new(stages.Parameters, clip, rows);

    /// <param name="release">makes what makes what leaves of a row's h0; null = h0 leaves</param>
    /// <returns>a pass of all rows with h0 [B, T, H] without a graph, and each row's pass</returns>
    public (StagePass Joined, IReadOnlyList<StagePass> Rows) Head(TrainingBatch batch, Func<TrainingBatch, Func<Tensor, Tensor>?> release)
    {
        var passes = new List<StagePass>();
        try
        {
            for (var row = 0; row < batch.Rows; row++)
                passes.Add(stages.Head.Forward(batch.Row(row), PassMode.Train, release(batch.Row(row))));
            return (new StagePass(Join([.. passes.Select(pass => pass.Output)], batch.Layout), input: null), passes);
        }
        catch
        {
            passes.ForEach(pass => pass.Dispose());
            throw;
        }
    }

    /// <summary>Forward to each row's own mean loss, and backward; a row without a target has no loss.</summary>
    /// <param name="hidden">hN-2 [B, T, H]</param>
    /// <returns>the rows' share of the loss, and its gradient at hN-2 [B, T, H]</returns>
    public (double Loss, Tensor Gradient) Tail(Tensor hidden, TrainingBatch batch, StepTimings seconds)
    {
        using var scope = NewDisposeScope();
        using var share = tensor(1f / rows, device: hidden.device);
        var (loss, gradients) = (0.0, new List<Tensor>());
        for (var row = 0; row < batch.Rows; row++)
        {
            var (own, input) = (batch.Row(row), RowOf(hidden, row, batch.Layout.Lengths[row]));
            if (own.LabelCount == 0)
            {
                gradients.Add(zeros_like(input));
                continue;
            }

            using var tail = stages.Tail.Forward(input, own, PassMode.Train, rowMeans: true);
            loss += tail.Output.item<float>() / rows;
            seconds.Lap(StepLeg.Tail);
            gradients.Add(tail.Backward(share)!);
            _gradients.KeepTail(own.FirstRow);
            seconds.Lap(StepLeg.TailBackward);
        }

        return (loss, Join(gradients, batch.Layout).MoveToOuterDisposeScope());
    }

    /// <summary>The backward of each row, whose gradient is then whole.</summary>
    /// <param name="gradient">dL/dh0 [B, T, H]</param>
    public void HeadBackward(TrainingPass pass, Tensor gradient)
    {
        for (var row = 0; row < pass.Rows.Rows; row++)
        {
            using var scope = NewDisposeScope();
            pass.HeadRows[row].Backward(RowOf(gradient, row, pass.Rows.Layout.Lengths[row]));
            _gradients.Add(pass.Rows.FirstRow + row);
        }
    }

    /// <inheritdoc cref="RowGradients.Finish"/>
    public void Finish(Action<IReadOnlyList<Tensor>> change) => _gradients.Finish(change);

    public void Dispose() => _gradients.Dispose();

    /// <returns>[1, T, H] of what travels of the row, in the caller's dispose scope</returns>
    private static Tensor RowOf(Tensor batch, int row, int length) => batch.narrow(0, row, 1).narrow(1, 0, length);

    /// <param name="rows">[1, T, H] each</param>
    /// <returns>[B, T, H], 0 on padding</returns>
    private static Tensor Join(IReadOnlyList<Tensor> rows, SequenceLayout layout)
    {
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        var joined = zeros([layout.Rows, layout.Length, rows[0].shape[2]], dtype: rows[0].dtype, device: rows[0].device);
        foreach (var (row, values) in rows.Index())
            RowOf(joined, row, layout.Lengths[row]).copy_(values);
        return joined.MoveToOuterDisposeScope();
    }
}
