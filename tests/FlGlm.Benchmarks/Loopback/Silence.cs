using FlGlm.Client.Training;
using FlGlm.Core.Planning;
using FlGlm.Server.Hosting;
using FlGlm.Server.Sessions;

namespace FlGlm.Benchmarks.Loopback;

/// <summary>Watches a run and says nothing.</summary>
internal sealed class Silence : IClientObserver, IServerObserver
{
    private Silence()
    {
    }

    public static Silence Instance { get; } = new();

    public void PlanAccepted(RunPlan plan)
    {
    }

    public void Queued(int position, int waiting)
    {
    }

    public void TurnStarted(int round)
    {
    }

    public void TurnEnded(int round)
    {
    }

    public void Averaged(int round)
    {
    }

    public void ClientJoined(string client, int number)
    {
    }

    public void GenerationStarted(string client)
    {
    }

    public void TurnStarted(string client, int round)
    {
    }

    public void StepServed(ServedStep step)
    {
    }

    public void RoundAveraged(int round, int clients)
    {
    }

    public void ClientFinished(string client)
    {
    }

    public void ClientLost(string client, string reason)
    {
    }
}
