using FlGlm.Core.Splitting;

namespace FlGlm.Server.Sessions;

/// <summary>A step of a client that is done.</summary>
/// <param name="Step">counted from 1 over all turns</param>
/// <param name="Tokens">real tokens of its passes</param>
/// <param name="Seconds">of its passes</param>
internal sealed record ServedStep(int Step, int Tokens, StepTimings Seconds)
{
    public bool IsReported { get; set; }
}
