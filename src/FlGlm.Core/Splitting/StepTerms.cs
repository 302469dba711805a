namespace FlGlm.Core.Splitting;

/// <summary>What a gradient is in its optimizer step.</summary>
/// <param name="Accumulate">More passes of this step follow: the middle's optimizer waits for the last one.</param>
/// <param name="Targets">
/// The judged positions of the whole optimizer step, the same in each of its gradients; 0 where the plan does not ask for them, and nothing
/// derived from labels travels.
/// </param>
public readonly record struct StepTerms(bool Accumulate, long Targets = 0);
