using FlGlm.Core.Checkpoints;
using static TorchSharp.torch;

namespace FlGlm.Privacy.Tap;

/// <summary>One pass as the server saw it, its channels joined.</summary>
/// <param name="Client">whose it is</param>
/// <param name="Attempt">how often the client had gone back to a checkpoint</param>
/// <param name="Step">the pass's number, counted from 1 in each attempt, evaluations included</param>
/// <param name="Trains">whether a gradient was to come</param>
/// <param name="Lengths">real tokens of each row; only these are in the tensors</param>
/// <param name="File">what holds the tensors</param>
public sealed record RecordedPass(string Client, int Attempt, long Step, bool Trains, IReadOnlyList<int> Lengths, string File)
{
    /// <summary>[tokens, H] in float32; null where the channel is not recorded. In the caller's dispose scope.</summary>
    /// <exception cref="Core.Configuration.CheckpointException">The file is damaged.</exception>
    public Tensor? Read(PassChannel channel)
    {
        using var file = TensorFile.Open(File);
        return file.Tensors.ContainsKey(channel.ToString()) ? file.Read(channel.ToString()).to(float32) : null;
    }
}
