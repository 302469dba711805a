namespace FlGlm.Core.Checkpoints;

/// <summary>How far a run is: the fields that the state of every checkpoint begins with, whichever side has written it.</summary>
/// <param name="Side">the command that goes on: <c>train</c>, <c>server</c> or <c>client</c></param>
/// <param name="Step">steps taken</param>
/// <param name="Round">the round that goes on, counted from 1</param>
internal record RunProgress(string Side, long Step, int Round);
