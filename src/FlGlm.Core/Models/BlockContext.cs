using static TorchSharp.torch;

namespace FlGlm.Core.Models;

/// <summary>What all blocks of a stage share in one pass: rotary tables, mask, dropout.</summary>
/// <param name="Cos">[T, D], in the stage's dtype</param>
/// <param name="Sin">[T, D]</param>
/// <param name="Mask">[T, L + T], float32, added to the scores: 0 = visible, -inf = hidden</param>
/// <param name="Dropout">the stage's generator</param>
/// <param name="AttentionDropout">probability on attention probabilities in training</param>
public sealed record BlockContext(Tensor Cos, Tensor Sin, Tensor Mask, Dropout Dropout, double AttentionDropout);
