using System.Runtime.InteropServices;
using FlGlm.Client.Defences;
using FlGlm.Core.Compute;
using static TorchSharp.torch;

namespace FlGlm.Privacy.Noise;

/// <summary>Clips the rows of one channel and adds noise to their real tokens.</summary>
/// <param name="source">null = no noise</param>
/// <param name="clip">0 = rows are not clipped, and have no noise</param>
/// <param name="noise">in units of the clip</param>
internal sealed class RowNoise(NoiseChannel channel, NoiseSource? source, double clip, double noise, NoiseDistribution distribution)
{
    public bool HasNoise => noise > 0;

    public double Noise => noise;

    public NoiseDistribution Distribution => distribution;

    /// <summary>The sum is computed in float32 and then has the dtype of the rows.</summary>
    /// <param name="rows">[B, T, H]</param>
    /// <returns>[B, T, H] and, with noise, what each row's release is known by; the given tensor itself where nothing is done</returns>
    public (Tensor Rows, UInt128[] Releases) Apply(Tensor rows, BoundaryPass pass)
    {
        if (clip == 0)
            return (rows, []);
        using var scope = NewDisposeScope();
        var clipped = RowClip.Apply(rows.to(float32), pass.Layout, clip, distribution);
        if (!HasNoise)
            return (clipped.to(rows.dtype).MoveToOuterDisposeScope(), []);
        var (added, releases) = Draw(clipped, pass);
        return (clipped.Plus(added).to(rows.dtype).MoveToOuterDisposeScope(), releases);
    }

    /// <param name="clipped">[B, T, H] in float32</param>
    private (Tensor Noise, UInt128[] Releases) Draw(Tensor clipped, BoundaryPass pass)
    {
        var (layout, hidden) = (pass.Layout, (int)clipped.shape[2]);
        using var values = clipped.detach().cpu().contiguous();
        var all = MemoryMarshal.Cast<byte, float>(values.bytes);
        var (drawn, releases) = (new float[all.Length], new UInt128[layout.Rows]);
        for (var row = 0; row < layout.Rows; row++)
        {
            var (begin, count) = (row * layout.Length * hidden, layout.Lengths[row] * hidden);
            var label = new NoiseLabel(pass.Purpose, channel, pass.Step, pass.FirstRow + row);
            releases[row] = source!.Fill(label, all.Slice(begin, count), distribution, noise * clip, drawn.AsSpan(begin, count));
        }

        return (tensor(drawn, device: clipped.device).view(clipped.shape), releases);
    }
}
