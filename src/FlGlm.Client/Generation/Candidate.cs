namespace FlGlm.Client.Generation;

/// <summary>A possible next token of one of several beams.</summary>
/// <param name="Beam">the beam, counted from 0</param>
/// <param name="Token">its id</param>
/// <param name="Score">the sum of the beam's score and the token's</param>
internal readonly record struct Candidate(int Beam, int Token, float Score);
