namespace FlGlm.Client.Evaluation.Metrics;

/// <summary>The interval in which a metric lies with a confidence of <paramref name="Level"/>.</summary>
/// <param name="Level">0.95 is 95 %</param>
public sealed record ConfidenceInterval(double Low, double High, double Level);
