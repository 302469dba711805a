using FlGlm.Core.Planning;
using FlGlm.Server.Sessions;

namespace FlGlm.Server.Hosting;

/// <summary>Receives the server's events, for progress and logs. Calls come from any thread and should return at once.</summary>
public interface IServerObserver
{
    /// <summary>A client has agreed to the plan, and the weights that both sides hold are equal.</summary>
    void ContentCompared(string client, ContentComparison comparison);

    /// <summary>A client takes part in the run.</summary>
    /// <param name="client">Its name.</param>
    /// <param name="number">Counted from 1.</param>
    void ClientJoined(string client, int number);

    /// <summary>A client has joined for generation; it takes no turns.</summary>
    void GenerationStarted(string client);

    void TurnStarted(string client, int round);

    void StepServed(ServedStep step);

    /// <summary>A round is over.</summary>
    /// <param name="round">Counted from 1.</param>
    /// <param name="clients">The number of clients in the average.</param>
    void RoundAveraged(int round, int clients);

    /// <summary>A client has received its results and has left.</summary>
    void ClientFinished(string client);

    /// <summary>A client has left before the end; the run continues with the others.</summary>
    /// <param name="client">Its name, or its address if it has not joined.</param>
    /// <param name="reason">One line.</param>
    void ClientLost(string client, string reason);
}
