using static TorchSharp.torch;

namespace FlGlm.Core.Splitting;

/// <summary>A forward of several clients' rows waiting for their gradients (client-batch).</summary>
internal interface IJoinedPass : IDisposable
{
    /// <summary>hN-2 of one client, without graph; the caller disposes it.</summary>
    /// <param name="index">counted from 0, in the order in which they were joined</param>
    /// <returns>[B, T, H]</returns>
    Tensor OutputOf(int index);

    /// <summary>Computes the backward, once; parameters add up the clients' weighted gradients.</summary>
    /// <param name="gradients">dL/dhN-2 [B, T, H] of each client</param>
    /// <param name="weights">of each client, greater than 0</param>
    /// <returns>dL/dh0 [B, T, H] of each client, not weighted; the caller disposes them</returns>
    IReadOnlyList<Tensor> Backward(IReadOnlyList<Tensor> gradients, IReadOnlyList<double> weights);
}
