namespace FlGlm.Core.Splitting;

/// <summary>How far an optimizer is.</summary>
/// <param name="Taken">steps of the schedule</param>
/// <param name="OfMoments">steps since the moments began, which correct them; fewer than <paramref name="Taken"/> after a reset</param>
internal readonly record struct OptimizerSteps(long Taken, long OfMoments);
