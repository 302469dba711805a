using FlGlm.Cli.Simulation;

namespace FlGlm.Cli.Bench;

/// <summary>What a baseline has of a cell.</summary>
/// <param name="Loss">The mean of the last tenth of every client's steps.</param>
/// <param name="ValidationLoss">Null without rows to validate with.</param>
/// <param name="Scores">In percent, by the metric's name.</param>
internal sealed record BenchCell(double Loss, double? ValidationLoss, IReadOnlyDictionary<string, double> Scores)
{
    public static BenchCell Of(CellResult result) => new(result.Loss, result.ValidationLoss, result.Scores);

    /// <summary>All figures with their names, and whether they are losses.</summary>
    public IEnumerable<(string Name, double Value, bool IsLoss)> Figures()
    {
        yield return ("loss", Loss, true);
        if (ValidationLoss is { } validation)
            yield return ("validation loss", validation, true);
        foreach (var (metric, score) in Scores)
            yield return (metric, score, false);
    }
}
