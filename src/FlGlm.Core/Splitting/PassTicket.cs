namespace FlGlm.Core.Splitting;

/// <summary>Names a pass that waits for its gradient; the pass itself belongs to its <see cref="MiddleStep"/>.</summary>
/// <param name="Number">counted from 1 within the step</param>
public readonly record struct PassTicket(int Number);
