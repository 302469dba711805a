using FlGlm.Server.Sessions;

namespace FlGlm.Server.Hosting;

/// <summary>Told what the server does, for progress and logs. Calls come from any thread and should return at once.</summary>
public interface IServerObserver
{
    /// <summary>A client has agreed to the plan.</summary>
    /// <param name="client">Its name.</param>
    /// <param name="number">Counted from 1.</param>
    void ClientJoined(string client, int number);

    /// <summary>A client generates; it takes no turns.</summary>
    void GenerationStarted(string client);

    void TurnStarted(string client, int round);

    void StepServed(ServedStep step);

    /// <summary>A round is over.</summary>
    /// <param name="round">Counted from 1.</param>
    /// <param name="clients">Whose adapters are in the average.</param>
    void RoundAveraged(int round, int clients);

    /// <summary>A client has its results and is gone.</summary>
    void ClientFinished(string client);

    /// <summary>A client is gone before the end; the run goes on with the rest.</summary>
    /// <param name="client">Its name, or its address where it was no client yet.</param>
    /// <param name="reason">One line.</param>
    void ClientLost(string client, string reason);
}
