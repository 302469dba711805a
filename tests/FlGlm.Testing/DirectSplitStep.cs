using FlGlm.Client.Data;
using FlGlm.Core.Splitting;
using static TorchSharp.torch;

namespace FlGlm.Testing;

/// <summary>
/// One training step without the optimizers: forward through head, middle and tail, backward through tail, middle and head. Tensors that
/// cross a cut are converted to bytes and back, as on the wire. Parameters keep their gradients.
/// </summary>
/// <param name="HeadOutput">h0 [B, T, H]</param>
/// <param name="MiddleOutput">hN-2 [B, T, H]</param>
/// <param name="TailGradient">dL/dhN-2 [B, T, H]</param>
/// <param name="MiddleGradient">dL/dh0 [B, T, H]</param>
public sealed record DirectSplitStep(float Loss, Tensor HeadOutput, Tensor MiddleOutput, Tensor TailGradient, Tensor MiddleGradient)
{
    /// <summary>Runs the step; the caller disposes the tensors.</summary>
    public static DirectSplitStep Run(ThreeStages stages, TrainingBatch batch)
    {
        using var head = stages.Client.Head.Forward(batch, PassMode.Train);
        var headOutput = Carry(head.Output);
        using var middle = stages.Middle.Forward(headOutput, batch.Layout, PassMode.Train);
        var middleOutput = Carry(middle.Output);
        using var tail = stages.Client.Tail.Forward(middleOutput, batch, PassMode.Train);
        using var tailBack = tail.Backward()!;
        var tailGradient = Carry(tailBack);
        using var middleBack = middle.Backward(tailGradient)!;
        var middleGradient = Carry(middleBack);
        head.Backward(middleGradient);
        return new DirectSplitStep(tail.Output.item<float>(), headOutput, middleOutput, tailGradient, middleGradient);
    }

    private static Tensor Carry(Tensor value)
    {
        using var scope = NewDisposeScope();
        var sent = value.detach().cpu().contiguous();
        var received = empty(sent.shape, dtype: sent.dtype);
        sent.bytes.CopyTo(received.bytes);
        return received.to(value.device).MoveToOuterDisposeScope();
    }
}
