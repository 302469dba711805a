namespace FlGlm.Privacy.Accounting;

/// <summary>Steps of a run, each with a sample of the rows that nobody but the client knows.</summary>
/// <param name="Rate">rows of a step / rows</param>
/// <param name="First">counted from 1</param>
/// <param name="Last">with the first; a step that is taken again is in two ranges</param>
internal sealed record StepRange(double Rate, long First, long Last);
