namespace FlGlm.Client.Generation;

/// <summary>An answer to a question.</summary>
/// <param name="Row">The question's number, counted from 1.</param>
/// <param name="Prompt">The question.</param>
/// <param name="Text">The answer as it was generated; a chat's is cleaned as the published chat does.</param>
/// <param name="Tokens">Its length without the stop id.</param>
/// <param name="Finish">Why it ends.</param>
/// <param name="Score">The score of a beam search; else null.</param>
public sealed record Answer(int Row, string Prompt, string Text, int Tokens, FinishReason Finish, double? Score);
