namespace FlGlm.Core.Configuration;

/// <summary>When a run writes checkpoints, from which it can be resumed.</summary>
public sealed record CheckpointSettings : IValidated
{
    /// <summary>
    /// Optimizer steps of a client between two checkpoints, the same on both sides. Whatever it is, there is one at the start, at every average,
    /// at the end of every turn, and at the end.
    /// </summary>
    public int Every { get; init; } = 50;

    /// <summary>The newest checkpoints that are kept.</summary>
    public int Keep { get; init; } = 3;

    /// <summary>What this side does when the disk refuses a checkpoint.</summary>
    public WhenDiskFull WhenDiskFull { get; init; } = WhenDiskFull.Stop;

    /// <inheritdoc/>
    public IEnumerable<Problem> Validate()
    {
        if (Every < 1)
            yield return new Problem("every", $"{Every} is out of range; 1 step or more.");
        if (Keep < 2)
            yield return new Problem("keep", $"{Keep} is out of range; 2 or more, since the two sides may be one apart.");
    }
}
