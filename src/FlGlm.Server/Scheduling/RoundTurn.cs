using FlGlm.Core.Peft;

namespace FlGlm.Server.Scheduling;

/// <summary>A client's turn begins.</summary>
/// <param name="Round">counted from 1</param>
/// <param name="Start">the weights to start from, owned by the scheduler; null = the client keeps its own</param>
public sealed record RoundTurn(int Round, ParameterSet? Start);
