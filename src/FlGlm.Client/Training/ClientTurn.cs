using FlGlm.Core.Configuration;
using FlGlm.Core.Wire.Messages;

namespace FlGlm.Client.Training;

/// <summary>A turn as the server has announced it.</summary>
/// <param name="Steps">the client's steps in this turn</param>
/// <param name="TotalSteps">and in the whole run</param>
/// <param name="IsLast">no other turn follows</param>
internal sealed record ClientTurn(int Steps, int TotalSteps, bool IsLast)
{
    /// <summary>The steps are those of the plan; of clients that work at the same time as many as the one with the most rows needs.</summary>
    /// <param name="samples">n_i</param>
    /// <exception cref="ProtocolException">They are others.</exception>
    public static ClientTurn Of(Turn turn, RunPlan plan, long samples)
    {
        var fits = plan.Training.Strategy == StrategyName.Serial
            ? turn.Steps == plan.StepsPerRound(samples) && turn.TotalSteps == plan.ClientSteps(samples)
            : turn.Steps >= 1 && turn.TotalSteps >= plan.ClientSteps(samples) && turn.TotalSteps <= int.MaxValue;
        return fits
            ? new ClientTurn(turn.Steps, (int)turn.TotalSteps, turn.Last)
            : throw new ProtocolException(FaultCode.WrongStep, $"The server gives a turn of {turn.Steps} steps of {turn.TotalSteps} in all, which is not what its plan says.");
    }
}
