namespace FlGlm.Client.Generation;

/// <summary>The answer to one prompt.</summary>
/// <param name="Ids">the answer's token ids, without the prompt and without the stop id</param>
/// <param name="FinishReason">why it ends</param>
/// <param name="StopId">the stop id that ended it; null if it reached its longest length or holds a stop string</param>
/// <param name="Score">of beam search: sum of log-probabilities / length^length_penalty, the stop id included; otherwise null</param>
public sealed record GeneratedRow(IReadOnlyList<int> Ids, FinishReason FinishReason, int? StopId, double? Score = null);
