namespace FlGlm.Cli.Generation;

/// <summary>An answer in the output format.</summary>
/// <param name="Row">The question's number, counted from 1.</param>
/// <param name="Prompt">The question.</param>
/// <param name="Text">The answer as it was generated; a chat's is cleaned as the published chat does.</param>
/// <param name="Tokens">Its length without the stop id.</param>
/// <param name="Finish"><c>stop</c>, or <c>length</c> if it reached the longest length.</param>
/// <param name="Score">The score of a beam search; else null.</param>
internal sealed record Answer(int Row, string Prompt, string Text, int Tokens, string Finish, double? Score);
