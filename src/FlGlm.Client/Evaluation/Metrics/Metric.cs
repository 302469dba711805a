namespace FlGlm.Client.Evaluation.Metrics;

/// <summary>A named result of an evaluation. Reports that print percent multiply by 100.</summary>
/// <param name="Value">0 to 1 for every metric of this folder, ROUGE and BLEU included</param>
public sealed record Metric(string Name, double Value);
