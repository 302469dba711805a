namespace FlGlm.Client.Generation;

/// <summary>A token that may go on one of several beams.</summary>
/// <param name="Beam">the beam, counted from 0</param>
/// <param name="Token">its id</param>
/// <param name="Score">the beam's score and the token's together</param>
internal readonly record struct Candidate(int Beam, int Token, float Score);
