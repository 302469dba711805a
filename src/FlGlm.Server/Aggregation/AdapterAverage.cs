using FlGlm.Core.Configuration;
using FlGlm.Core.Peft;
using FlGlm.Server.Scheduling;

namespace FlGlm.Server.Aggregation;

/// <summary>The average of the clients' heads and tails at the end of a turn, weighted as the plan says; it keeps the last.</summary>
internal sealed class AdapterAverage(RunPlan plan) : IDisposable
{
    private readonly FederatedAverage _mean = new();

    /// <summary>Null before the first, and in a run that does not average.</summary>
    public ParameterSet? Last { get; private set; }

    /// <summary>What a client's values count for, before all weights are divided by their sum.</summary>
    public double WeightOf(ClientTurn turn) => plan.WeightsOfAverage switch
    {
        AverageWeights.Uniform => 1,
        AverageWeights.Targets => turn.Targets,
        _ => turn.Participant.Samples,
    };

    /// <summary>Takes what a client has sent at the end of its turn.</summary>
    /// <returns>its head and tail, owned by the average; null if the run does not average</returns>
    public ParameterSet? Add(ClientTurn turn)
    {
        var parameters = turn.TakeParameters();
        if (parameters is not null)
            _mean.Add(turn.Participant.Seat, parameters, WeightOf(turn));
        return parameters;
    }

    /// <summary>Whether the client of this seat has sent something that is not averaged yet.</summary>
    public bool Has(int seat) => _mean.Has(seat);

    /// <summary>Averages what was added, in the order of the seats.</summary>
    /// <returns>the number of clients whose head and tail are averaged; with 0 the last average stays</returns>
    public int Take()
    {
        var counted = _mean.Clients;
        if (counted == 0)
            return 0;
        Last?.Dispose();
        Last = _mean.Take();
        return counted;
    }

    public void Dispose()
    {
        _mean.Dispose();
        Last?.Dispose();
    }
}
