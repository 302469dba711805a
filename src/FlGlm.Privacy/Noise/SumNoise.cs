using System.Runtime.InteropServices;
using FlGlm.Client.Defences;
using FlGlm.Core.Compute;
using static TorchSharp.torch;

namespace FlGlm.Privacy.Noise;

/// <summary>Adds Gaussian noise to the sums of a step's gradients, each parameter's from a label of its own.</summary>
internal static class SumNoise
{
    /// <param name="sums">in float32, changed in place; their order is that of the parameters, the same in every step</param>
    /// <param name="deviation">standard deviation on every number</param>
    public static void Add(NoiseSource source, IReadOnlyList<Tensor> sums, BoundaryPass pass, double deviation)
    {
        using var scope = NewDisposeScope();
        foreach (var (index, sum) in sums.Index())
        {
            var values = sum.cpu().contiguous();
            var drawn = new float[values.numel()];
            source.Fill(
                new NoiseLabel(pass.Purpose, NoiseChannel.Adapters, pass.Step, index), MemoryMarshal.Cast<byte, float>(values.bytes), NoiseDistribution.Gaussian, deviation, drawn);
            sum.PlusInPlace(tensor(drawn, device: sum.device).view(sum.shape));
        }
    }
}
