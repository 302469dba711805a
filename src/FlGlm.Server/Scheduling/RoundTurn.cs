using FlGlm.Core.Peft;

namespace FlGlm.Server.Scheduling;

/// <summary>A client's turn begins: steps that end with an average.</summary>
/// <param name="Round">the turn, counted from 1: of the serial strategy the round, else the period</param>
/// <param name="Start">the weights to start from, owned by the scheduler; null = the client keeps its own</param>
/// <param name="Steps">the client's steps in this turn</param>
/// <param name="TotalSteps">and in the whole run</param>
/// <param name="IsLast">whether no other turn follows</param>
public sealed record RoundTurn(int Round, ParameterSet? Start, int Steps, long TotalSteps, bool IsLast);
