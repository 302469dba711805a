using FlGlm.Core.Models;
using static TorchSharp.torch;

namespace FlGlm.Core.Splitting;

/// <summary>One leg of a pass through the middle: one job on the compute lane, which reads its input, computes, and writes its result.</summary>
/// <param name="Layout">real tokens per row</param>
/// <param name="Read">returns h0, or dL/dhN-2 [B, T, H], which the job disposes; called on the lane</param>
/// <param name="Write">makes the caller's result from hN-2, or dL/dh0 [B, T, H]; called on the lane</param>
public sealed record MiddleLeg(SequenceLayout Layout, Func<Tensor> Read, Func<Tensor, Tensor> Write)
{
    /// <summary>The code that awaits the result sends it, and may run on the lane (<see cref="ComputeLane.RunThenSendAsync"/>).</summary>
    public bool IsSent { get; init; }

    /// <summary>The client whose generator the pass's dropout is drawn from; null = the stage's own.</summary>
    public int? Seat { get; init; }

    /// <summary>What an evaluation computes with the client's middle, instead of a forward without cache: hN-2 for h0 [B, T, H]. Called on the lane.</summary>
    public Func<MiddleStage, Tensor, Tensor>? Evaluate { get; init; }

    /// <summary>A leg in this process: no copies.</summary>
    /// <param name="hidden">[B, T, H]; the caller disposes it</param>
    public static MiddleLeg Here(Tensor hidden, SequenceLayout layout) => new(layout, hidden.alias, output => output.detach());

    /// <summary>An evaluation that computes nothing: it looks at the client's middle as it is between two steps.</summary>
    /// <param name="look">called on the lane</param>
    public static MiddleLeg Look(Action<MiddleStage> look) => new(new SequenceLayout([1]), () => empty(0), output => output.alias())
    {
        Evaluate = (stage, hidden) =>
        {
            look(stage);
            return hidden.alias();
        },
    };
}
