using static TorchSharp.torch;

namespace FlGlm.Privacy.Attacks;

/// <summary>What is learnt in a row, as found from its gradient.</summary>
/// <param name="Scores">[T, V] of the token behind each position; their softmax are its probabilities</param>
/// <param name="Positions">[T] their softmax is how much each position counts in the loss</param>
internal sealed record FoundLabels(Tensor Scores, Tensor Positions);
