namespace FlGlm.Client.Generation;

/// <summary>An incomplete answer of a beam search.</summary>
/// <param name="Ids">prompt and answer so far</param>
/// <param name="Score">sum of the answer's log-probabilities</param>
/// <param name="Parent">the index of the prompt's beam that it continues</param>
internal sealed record Beam(int[] Ids, float Score, int Parent);
