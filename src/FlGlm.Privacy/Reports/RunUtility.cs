namespace FlGlm.Privacy.Reports;

/// <summary>What a run is good for: its last validation.</summary>
/// <param name="ValidationLoss">null without rows to validate with</param>
/// <param name="Metrics">the task's, 0 to 1, by name, the one that counts first; empty where none is measured</param>
public sealed record RunUtility(double? ValidationLoss, IReadOnlyDictionary<string, double> Metrics);
