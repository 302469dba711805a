using FlGlm.Core.Peft;

namespace FlGlm.Client.Training;

/// <summary>How a client's run ended.</summary>
/// <param name="Outcome">Why it ended.</param>
/// <param name="Steps">Steps taken over all rounds.</param>
/// <param name="Middle">The middle's trained values if the server shared them; the caller disposes them.</param>
/// <param name="BestMiddle">The same of the best step, where one is kept.</param>
internal sealed record ClientRun(ClientOutcome Outcome, int Steps, ParameterSet? Middle, ParameterSet? BestMiddle = null);
