using FlGlm.Core.Peft;
using FlGlm.Core.Splitting;
using FlGlm.Server.Scheduling;

namespace FlGlm.Server.Aggregation;

/// <summary>The averages at the end of a period: of the replicas of the middle, and of the clients' heads and tails, weighted by rows.</summary>
/// <param name="stage">receives the middle's average</param>
internal sealed class PeriodAverage(MiddleStage stage) : IDisposable
{
    private readonly FederatedAverage _clients = new();
    private readonly FederatedAverage _middles = new();

    /// <summary>The last average of heads and tails; null before the first, and in a run that does not average.</summary>
    public ParameterSet? Last { get; private set; }

    /// <summary>Averages and copies the middle's average to all replicas.</summary>
    /// <param name="ended">whose values count, in the order of their seats</param>
    /// <param name="all">who gets the average of the middle</param>
    /// <returns>the clients whose head and tail are averaged</returns>
    public int Take(IReadOnlyList<PeriodTurn> ended, IReadOnlyList<PeriodTurn> all)
    {
        foreach (var turn in ended)
        {
            _middles.Add(turn.Participant.Seat, ParameterSet.CopyOf(turn.Replica.Parameters), turn.Participant.Samples);
            if (turn.TakeParameters() is { } parameters)
                _clients.Add(turn.Participant.Seat, parameters, turn.Participant.Samples);
        }

        if (_middles.Clients > 0)
        {
            using var middle = _middles.Take();
            middle.CopyTo(stage.Parameters);
            foreach (var turn in all)
                middle.CopyTo(turn.Replica.Parameters);
        }

        var counted = _clients.Clients;
        if (counted == 0)
            return 0;
        Last?.Dispose();
        Last = _clients.Take();
        return counted;
    }

    public void Dispose()
    {
        _clients.Dispose();
        _middles.Dispose();
        Last?.Dispose();
    }
}
