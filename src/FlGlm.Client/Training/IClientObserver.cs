using FlGlm.Core.Configuration;
using FlGlm.Core.Planning;

namespace FlGlm.Client.Training;

/// <summary>Receives the events of a client's run. Calls come from any thread and should return at once.</summary>
public interface IClientObserver
{
    /// <summary>The client has agreed to the server's plan, and the server to the client's weights.</summary>
    void PlanAccepted(RunPlan plan);

    /// <summary>The weights that both sides hold are equal.</summary>
    void ContentCompared(ContentComparison comparison);

    /// <summary>Waiting for the turn.</summary>
    /// <param name="position">1 = next.</param>
    /// <param name="waiting">Clients waiting in all.</param>
    void Queued(int position, int waiting);

    /// <summary>The turn begins.</summary>
    /// <param name="round">Counted from 1.</param>
    void TurnStarted(int round);

    /// <summary>Head and tail are sent; waiting for the other clients' turns.</summary>
    void TurnEnded(int round);

    /// <summary>Head and tail now have the average of all clients.</summary>
    void Averaged(int round);
}
