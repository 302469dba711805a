namespace FlGlm.Cli.Chaos;

/// <summary>Processes that are killed at one moment.</summary>
/// <param name="Moment">What the kill waits for.</param>
/// <param name="At">The share, 0 to 1, of the run's time or of the client's steps.</param>
/// <param name="Client">The client whose steps count, from 0.</param>
/// <param name="DelayS">Seconds between the moment and the kill.</param>
/// <param name="Victims">The processes.</param>
internal sealed record ScheduledKill(KillMoment Moment, double At, int Client, double DelayS, IReadOnlyList<KilledSide> Victims);
