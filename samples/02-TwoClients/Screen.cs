using FlGlm.Client.Training;
using FlGlm.Core.Configuration;
using FlGlm.Core.Planning;
using FlGlm.Server.Hosting;
using FlGlm.Server.Sessions;

namespace FlGlm.Samples;

/// <summary>Prints the events of server and clients.</summary>
internal sealed class Screen : IServerObserver, IClientObserver
{
    public void ContentCompared(string client, ContentComparison comparison) => Console.WriteLine($"server: {client}: {comparison}");

    public void ClientJoined(string client, int number) => Console.WriteLine($"server: {client} joined");

    public void GenerationStarted(string client) => Console.WriteLine($"server: {client} generates");

    public void StepServed(ServedStep step)
    {
    }

    void IServerObserver.TurnStarted(string client, int round) => Console.WriteLine($"server: {client}'s turn");

    public void RoundAveraged(int round, int clients) => Console.WriteLine($"server: averaged {clients} clients");

    public void ClientFinished(string client) => Console.WriteLine($"server: {client} has its results");

    public void ClientLost(string client, string reason) => Console.WriteLine($"server: {client} is gone: {reason}");

    public void PlanAccepted(RunPlan plan)
    {
    }

    public void ContentCompared(ContentComparison comparison)
    {
    }

    public void Queued(int position, int waiting)
    {
    }

    void IClientObserver.TurnStarted(int round)
    {
    }

    public void TurnEnded(int round)
    {
    }

    public void Averaged(int round)
    {
    }
}
