using FlGlm.Privacy.Evaluation;

namespace FlGlm.Cli.Privacy;

/// <summary>What attacks of one budget have found.</summary>
/// <param name="Steps">Training steps of each inverter.</param>
/// <param name="Rows">That were attacked, at most.</param>
/// <param name="Report">With the controls.</param>
internal sealed record BudgetedAttacks(int Steps, int Rows, AttackReport Report);
