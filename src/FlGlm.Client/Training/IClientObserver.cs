using FlGlm.Core.Planning;

namespace FlGlm.Client.Training;

/// <summary>Told where a client's run stands. Calls come from any thread and should return at once.</summary>
public interface IClientObserver
{
    /// <summary>The server's plan fits; the client is in.</summary>
    void PlanAccepted(RunPlan plan);

    /// <summary>Waiting for the turn.</summary>
    /// <param name="position">1 = next.</param>
    /// <param name="waiting">Clients waiting in all.</param>
    void Queued(int position, int waiting);

    /// <summary>The turn begins.</summary>
    /// <param name="round">Counted from 1.</param>
    void TurnStarted(int round);

    /// <summary>Head and tail are sent; waiting for the other clients' turns.</summary>
    void TurnEnded(int round);

    /// <summary>Head and tail now are the average of all clients.</summary>
    void Averaged(int round);
}
