namespace FlGlm.Client.Training;

/// <summary>The steps of one round, through <see cref="ClientSession.Middle"/>.</summary>
/// <param name="round">Counted from 1.</param>
/// <param name="steps">How many to take.</param>
/// <param name="stop">Asks for an end after the step in hand.</param>
/// <param name="ct">Gives up at once.</param>
/// <returns>Steps taken; fewer only where a stop was asked for.</returns>
public delegate Task<int> TrainRound(int round, int steps, CancellationToken stop, CancellationToken ct);
