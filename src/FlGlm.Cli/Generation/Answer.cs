namespace FlGlm.Cli.Generation;

/// <summary>An answer as it is written.</summary>
/// <param name="Row">Which question, counted from 1.</param>
/// <param name="Prompt">The question.</param>
/// <param name="Text">The answer, cleaned.</param>
/// <param name="Tokens">Its length, what ended it not counted.</param>
/// <param name="Finish"><c>stop</c>, or <c>length</c> where it was cut.</param>
/// <param name="Score">Of a beam search; else null.</param>
internal sealed record Answer(int Row, string Prompt, string Text, int Tokens, string Finish, double? Score);
