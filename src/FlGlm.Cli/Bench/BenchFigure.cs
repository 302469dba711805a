using System.Globalization;

namespace FlGlm.Cli.Bench;

/// <summary>A figure of a run beside its baseline.</summary>
/// <param name="Cell">The run.</param>
/// <param name="Name">Loss, validation loss, or a metric.</param>
/// <param name="Baseline">Null where the baseline has none.</param>
/// <param name="Now">Null where the run has none.</param>
/// <param name="Tolerance">How far they may be apart.</param>
internal sealed record BenchFigure(string Cell, string Name, double? Baseline, double? Now, double Tolerance)
{
    /// <summary>The figures are further apart than the tolerance, or one of them is missing or no number.</summary>
    public bool HasMoved => !(Math.Abs((Now - Baseline) ?? double.NaN) <= Tolerance);

    /// <summary>The header of a table of figures.</summary>
    public static IReadOnlyList<string> Header { get; } = ["| Run | Figure | Baseline | Now | Difference | Tolerance | |", "|---|---|---:|---:|---:|---:|---|"];

    /// <summary>A row of it.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"| {Cell} | {Name} | {Text(Baseline)} | {Text(Now)} | {Now - Baseline:+0.0000;-0.0000;0} | {Tolerance} | {(HasMoved ? "moved" : "")} |");

    private static string Text(double? value) => value?.ToString("0.0000", CultureInfo.InvariantCulture) ?? "none";
}
