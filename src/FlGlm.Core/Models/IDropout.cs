using static TorchSharp.torch;

namespace FlGlm.Core.Models;

/// <summary>Inverted dropout of one pass.</summary>
internal interface IDropout
{
    /// <summary>Off in evaluation.</summary>
    bool Active { get; }

    /// <param name="x">any shape</param>
    /// <param name="probability">of an element to be dropped</param>
    /// <returns>x with dropped elements 0 and the others divided by 1 - p; x itself when inactive</returns>
    Tensor Apply(Tensor x, double probability);
}
