using FlGlm.Core.Models;
using FlGlm.Core.Peft;
using static TorchSharp.torch;

namespace FlGlm.Privacy.Attacks;

/// <summary>A small model from vectors to tokens, which the attacker trains.</summary>
internal abstract class Inverter : IDisposable
{
    public abstract IReadOnlyList<NamedParameter> Parameters { get; }

    /// <param name="hidden">[B, T, H]</param>
    /// <returns>[B, T, V], with its graph, in the caller's dispose scope</returns>
    public abstract Tensor Logits(Tensor hidden, SequenceLayout layout);

    public abstract void Dispose();
}
