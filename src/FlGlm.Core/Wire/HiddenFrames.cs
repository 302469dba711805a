using FlGlm.Core.Checkpoints;
using FlGlm.Core.Configuration;
using FlGlm.Core.Models;
using FlGlm.Core.Splitting;
using static TorchSharp.torch;

namespace FlGlm.Core.Wire;

/// <summary>Converts hidden states and their gradients to payloads and back: only the real tokens of each row are sent.</summary>
internal static class HiddenFrames
{
    /// <summary><see cref="Pack"/>, on the compute lane where there is something to compute.</summary>
    public static ValueTask<Tensor> PackAsync(Tensor hidden, SequenceLayout layout, ComputeLane lane, CancellationToken ct) =>
        NeedsNoCopy(layout, hidden.device) ? ValueTask.FromResult(Pack(hidden, layout)) : new(lane.RunThenSendAsync(() => Pack(hidden, layout), ct));

    /// <summary><see cref="Unpack"/>, on the compute lane where there is something to compute.</summary>
    public static ValueTask<Tensor> UnpackAsync(Frame frame, SequenceLayout layout, HiddenSpec hidden, ComputeLane lane, CancellationToken ct) =>
        NeedsNoCopy(layout, hidden.Device) ? ValueTask.FromResult(Unpack(frame, layout, hidden)) : new(lane.RunAsync(() => Unpack(frame, layout, hidden), ct));

    /// <param name="hidden">[B, T, H]</param>
    /// <returns>[tokens, H] on the CPU, without graph; the caller disposes it</returns>
    public static Tensor Pack(Tensor hidden, SequenceLayout layout)
    {
        using var scope = NewDisposeScope();
        var rows = hidden.detach().flatten(0, 1);
        if (layout.IsPadded)
            rows = rows.index_select(0, tensor(layout.RealTokens, dtype: int64, device: hidden.device));
        return rows.cpu().contiguous().MoveToOuterDisposeScope();
    }

    /// <param name="hidden">H and dtype that the frame must have; the device to put it on</param>
    /// <returns>[B, T, H], zero where a row has no token; the caller disposes it</returns>
    /// <exception cref="ProtocolException">The frame's tensor has another dtype or shape, or holds NaN or infinity.</exception>
    public static Tensor Unpack(Frame frame, SequenceLayout layout, HiddenSpec hidden)
    {
        var expected = PayloadSpec.Of(ElementTypes.FromScalarType(hidden.Dtype), layout.Tokens, hidden.Width);
        if (frame.Spec != expected)
            throw new ProtocolException(FaultCode.WrongShape, $"A {frame.Kind} frame brought {frame.Spec} where {expected} was expected.");
        if (!frame.IsFinite)
            throw new ProtocolException(FaultCode.NotFinite, $"A {frame.Kind} frame holds NaN or infinity. {NotFiniteException.Advice}");

        using var received = frame.TakeTensor();
        using var scope = NewDisposeScope();
        var rows = received.to(hidden.Device);
        if (layout.IsPadded)
        {
            rows = zeros(layout.Rows * (long)layout.Length, hidden.Width, dtype: hidden.Dtype, device: hidden.Device)
                .index_copy_(0, tensor(layout.RealTokens, dtype: int64, device: hidden.Device), rows);
        }

        return rows.view(layout.Rows, layout.Length, hidden.Width).MoveToOuterDisposeScope();
    }

    /// <summary>Whether the tensor's memory already holds the frame's bytes, so that there is no work for the lane.</summary>
    private static bool NeedsNoCopy(SequenceLayout layout, Device device) => device.type == TorchSharp.DeviceType.CPU && !layout.IsPadded;
}
