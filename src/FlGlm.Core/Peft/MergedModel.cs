using FlGlm.Core.Checkpoints;

namespace FlGlm.Core.Peft;

/// <summary>What <see cref="BaseMerge"/> wrote.</summary>
/// <param name="Tensors">tensors of the checkpoint</param>
/// <param name="Adapted">of them, weights to which LoRA was added</param>
/// <param name="Replaced">of them, modules that the adapter holds whole</param>
/// <param name="Bytes">of all tensors</param>
/// <param name="Types">the stored types, most used first</param>
/// <param name="Warnings">lines for the user</param>
public sealed record MergedModel(int Tensors, int Adapted, int Replaced, long Bytes, IReadOnlyList<ElementType> Types, IReadOnlyList<string> Warnings);
