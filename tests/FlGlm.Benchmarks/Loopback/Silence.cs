using FlGlm.Client.Training;
using FlGlm.Core.Configuration;
using FlGlm.Core.Planning;

namespace FlGlm.Benchmarks.Loopback;

/// <summary>Watches a run and says nothing.</summary>
internal sealed class Silence : IClientObserver
{
    private Silence()
    {
    }

    public static Silence Instance { get; } = new();

    public void PlanAccepted(RunPlan plan)
    {
    }

    public void ContentCompared(ContentComparison comparison)
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
}
