namespace FlGlm.Cli.Bench;

/// <summary>How far a figure may be from its baseline before it counts as moved.</summary>
/// <param name="Loss">Of losses, in nats.</param>
/// <param name="Score">Of scores, in percent.</param>
internal sealed record BenchTolerance(double Loss = 1e-3, double Score = 0);
