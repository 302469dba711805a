namespace FlGlm.Client.Generation;

/// <summary>An answer that a beam search is still writing.</summary>
/// <param name="Ids">prompt and answer so far</param>
/// <param name="Score">sum of the answer's log-probabilities</param>
/// <param name="Parent">which of the prompt's beams it continued, counted from 0</param>
internal sealed record Beam(int[] Ids, float Score, int Parent);
