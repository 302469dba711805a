using System.Globalization;
using FlGlm.Core.Configuration;

namespace FlGlm.Client.Data;

/// <summary>Which share of the training rows is this client's, where all clients have the same files. Unused with <see cref="PartitionMethod.None"/>.</summary>
public sealed record PartitionSettings : IValidated
{
    /// <summary>Below it almost all rows of a label go to one part, and its logarithms remain finite.</summary>
    private const double LeastAlpha = 1e-6;

    /// <summary>From here on shares are equal.</summary>
    private const double MostAlpha = 1e6;

    /// <summary>How rows are divided.</summary>
    public PartitionMethod By { get; init; } = PartitionMethod.None;

    /// <summary>How many clients share the rows.</summary>
    public int Parts { get; init; }

    /// <summary>This client's part, counted from 1. Not its seat at the server, which follows from names or keys.</summary>
    public int Index { get; init; }

    /// <summary>Seeds shuffles and draws; the clients of a run set the same.</summary>
    public long Seed { get; init; } = 42;

    /// <summary>The concentration of <see cref="PartitionMethod.Dirichlet"/>: the smaller, the less equal. 0.5 as in NIID-Bench (Li et al., 2021).</summary>
    public double Alpha { get; init; } = 0.5;

    /// <summary>The rows of each part, with <see cref="PartitionMethod.Counts"/>.</summary>
    public IReadOnlyList<int> Counts { get; init; } = [];

    /// <inheritdoc/>
    public IEnumerable<Problem> Validate()
    {
        if (By == PartitionMethod.None)
            yield break;
        if (Parts < 1)
            yield return new Problem("parts", $"{Parts} is no number of clients; 1 or more.");
        else if (Index < 1 || Index > Parts)
            yield return new Problem("index", $"{Index} is none of the parts 1 to {Parts}; the part that this client trains on.");
        if (By == PartitionMethod.Dirichlet && !(Alpha >= LeastAlpha && Alpha <= MostAlpha))
        {
            yield return new Problem("alpha", string.Create(
                CultureInfo.InvariantCulture, $"{Alpha} is out of range; {(decimal)LeastAlpha} (a label goes to one part) to {(decimal)MostAlpha} (equal shares)."));
        }

        if (By == PartitionMethod.Counts && Parts >= 1 && Counts.Count != Parts)
            yield return new Problem("counts", $"has {Counts.Count} number(s) for {Parts} part(s); the rows of each part.");
        if (By == PartitionMethod.Counts && Counts.Any(count => count < 1))
            yield return new Problem("counts", $"{Counts.First(count => count < 1)} is no number of rows; 1 or more for each part.");
    }
}
