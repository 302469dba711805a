namespace FlGlm.Client.Training;

/// <summary>Takes the steps of one round with <see cref="ClientSession.Middle"/>.</summary>
/// <param name="round">Counted from 1.</param>
/// <param name="steps">The number of steps to take.</param>
/// <param name="stop">Requests a stop after the current step.</param>
/// <param name="ct">Cancels at once.</param>
/// <returns>The number of steps taken; fewer only if a stop was requested.</returns>
internal delegate Task<int> TrainRound(int round, int steps, CancellationToken stop, CancellationToken ct);
