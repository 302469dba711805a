using static TorchSharp.torch;

namespace FlGlm.Core.Models;

/// <summary>
/// What all blocks of a stage share in one pass: rotary tables, mask, dropout. D is the part of a head that turns; families whose rows
/// differ in more than their length have tables per row, [B, 1, T, ..].
/// </summary>
/// <param name="Cos">[T, D] or [B, 1, T, D], in the stage's dtype</param>
/// <param name="Sin">like <paramref name="Cos"/></param>
/// <param name="Mask">
/// [T, L + T] or [B, 1, T, L + T], float32, added to the scores: 0 = visible, -inf = hidden. Null: each token sees itself and what stands before
/// it in the pass.
/// </param>
/// <param name="Dropout">from the stage's generator</param>
/// <param name="AttentionDropout">probability on attention probabilities in training</param>
internal sealed record BlockContext(Tensor Cos, Tensor Sin, Tensor? Mask, IDropout Dropout, double AttentionDropout)
{
    /// <summary>The clients of a joined pass, whose tensors are [1, N, ..] with a row per real token; null in any other.</summary>
    internal IReadOnlyList<JoinedPart>? Joined { get; init; }

    /// <summary>No fused attention, even without dropout (<see cref="StageBlueprint.AttentionStepByStep"/>).</summary>
    internal bool AttentionStepByStep { get; init; }
}
