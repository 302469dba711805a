namespace FlGlm.Client.Training;

/// <summary>The best validation of a run so far.</summary>
/// <param name="Step">steps taken before it</param>
/// <param name="Criterion">the metric's name, or <c>loss</c></param>
/// <param name="Value">0 to 1 of a metric, the higher the better; of a loss the lower</param>
/// <param name="Waited">validations since, none of which was better</param>
public sealed record BestState(int Step, string Criterion, double Value, int Waited);
