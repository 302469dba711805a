namespace FlGlm.Core.Models;

/// <summary>What a row of ChatGLM-6B needs to be known of it: the mask and both positions follow.</summary>
/// <param name="Length">tokens of the context, which see each other; every later token sees what stands before it</param>
/// <param name="MaskPosition">where in the row the answer belongs: the position of all its tokens</param>
public readonly record struct RowContext(int Length, int MaskPosition);
