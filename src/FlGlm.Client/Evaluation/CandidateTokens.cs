namespace FlGlm.Client.Evaluation;

/// <summary>The tokens of one answer behind a shared prompt.</summary>
/// <param name="Ids">at least one</param>
/// <param name="Given">how many of them, the first ones, belong to the prompt still and are not judged: two texts that are joined may meet in one token</param>
internal sealed record CandidateTokens(int[] Ids, int Given);
