namespace FlGlm.Client.Generation;

/// <summary>One token of an answer, reported as soon as it can no longer change.</summary>
/// <param name="Row">the prompt it answers, counted from 0 in the order given</param>
/// <param name="Id">its id; never a stop id</param>
public readonly record struct GeneratedToken(int Row, int Id);
