namespace FlGlm.Core.Models;

/// <summary>Token ids that say where a row's context ends and which place its answer fills (ChatGLM-6B's config.json).</summary>
/// <param name="Start"><c>bos_token_id</c>, the start of the answer: what stands before the first one is the context</param>
/// <param name="GMask"><c>gmask_token_id</c>, the place of an answer of any length</param>
/// <param name="Mask"><c>mask_token_id</c>, the place of a gap; counts where the row has no gMASK</param>
public sealed record ContextMarks(int Start, int GMask, int Mask);
