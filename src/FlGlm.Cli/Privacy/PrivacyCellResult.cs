using FlGlm.Privacy.Reports;

namespace FlGlm.Cli.Privacy;

/// <summary>What a cell has measured.</summary>
/// <param name="Utility">Of its run.</param>
/// <param name="Attacks">Of each budget.</param>
internal sealed record PrivacyCellResult(RunUtility Utility, IReadOnlyList<BudgetedAttacks> Attacks);
