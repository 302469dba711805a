using FlGlm.Core.Configuration;
using FlGlm.Core.Peft;
using FlGlm.Server.Recovery;
using FlGlm.Server.Scheduling;
using static TorchSharp.torch;

namespace FlGlm.Server.Aggregation;

/// <summary>
/// The average of the clients' heads and tails at the end of a turn, weighted as the plan says; it keeps the last, and for a client that has trained
/// enough the last of its own turns, which it may fetch late.
/// </summary>
internal sealed class AdapterAverage(RunPlan plan) : IDisposable
{
    private readonly FederatedAverage _mean = new();
    private readonly Dictionary<int, ParameterSet> _ofLeft = [];
    private readonly Lock _gate = new();

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

    /// <summary>What was added since the last average, by seat.</summary>
    public IReadOnlyDictionary<int, (ParameterSet Parameters, double Weight)> Contributions => _mean.Contributions;

    /// <summary>The last average of a client's turns.</summary>
    public ParameterSet? LastOf(int seat)
    {
        lock (_gate)
            return _ofLeft.GetValueOrDefault(seat, Last!);
    }

    /// <summary>Keeps the last average for those that leave with it.</summary>
    /// <param name="ended">the turns that it ends</param>
    public void KeepFor(IReadOnlyList<ClientTurn> ended)
    {
        lock (_gate)
        {
            foreach (var turn in ended.Where(turn => turn.HasLeft && Last is not null))
                _ofLeft[turn.Participant.Seat] = Last!;
        }
    }

    /// <summary>A client has its results, or comes no more.</summary>
    public void Forget(int seat)
    {
        lock (_gate)
        {
            if (_ofLeft.Remove(seat, out var average) && average != Last)
                DisposeUnused(average);
        }
    }

    /// <summary>The files of a checkpoint: the averages, and what was sent since the last.</summary>
    public IEnumerable<KeyValuePair<string, IReadOnlyDictionary<string, Tensor>>> Files()
    {
        if (Last is not null)
            yield return new(ServerCheckpoints.Average, Last.ByName());
        foreach (var (seat, average) in _ofLeft)
            yield return new(ServerCheckpoints.AverageOf(seat), average.ByName());
        foreach (var (seat, (parameters, _)) in Contributions)
            yield return new(ServerCheckpoints.AdaptersOf(seat), parameters.ByName());
    }

    /// <summary>Takes up what a checkpoint has.</summary>
    /// <param name="specs">of head and tail as the clients send them</param>
    public void Restore(ServerCheckpoints checkpoints, IEnumerable<SeatState> seats, IReadOnlyList<ParameterSpec> specs)
    {
        Last = Ordered(checkpoints.Find(ServerCheckpoints.Average), specs);
        foreach (var seat in seats.Where(seat => seat.LeftAfter is not null))
        {
            if (Ordered(checkpoints.Find(ServerCheckpoints.AverageOf(seat.Seat)), specs) is { } average)
                _ofLeft.Add(seat.Seat, average);
        }

        foreach (var seat in seats.Where(seat => seat.Weight is not null))
            _mean.Add(seat.Seat, Ordered(checkpoints.Find(ServerCheckpoints.AdaptersOf(seat.Seat)), specs)!, seat.Weight!.Value);
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
        Use(_mean.Take());
        return counted;
    }

    /// <summary>The same where it is taken elsewhere.</summary>
    /// <param name="meanAsync">the mean of what was added; null = nobody has added anything</param>
    /// <returns>whether there is another average</returns>
    public async Task<bool> TakeAsync(Func<FederatedAverage, Task<ParameterSet?>> meanAsync)
    {
        if (await meanAsync(_mean).ConfigureAwait(false) is not { } mean)
            return false;
        Use(mean);
        return true;
    }

    public void Dispose()
    {
        _mean.Dispose();
        foreach (var average in _ofLeft.Values.Append(Last).Distinct())
            average?.Dispose();
    }

    private void Use(ParameterSet mean)
    {
        lock (_gate)
        {
            var before = Last;
            Last = mean;
            if (before is not null)
                DisposeUnused(before);
        }
    }

    private void DisposeUnused(ParameterSet average)
    {
        if (!_ofLeft.ContainsValue(average))
            average.Dispose();
    }

    /// <summary>In the order in which clients send them: an average compares it.</summary>
    private static ParameterSet? Ordered(ParameterSet? read, IReadOnlyList<ParameterSpec> specs)
    {
        if (read is null)
            return null;
        var byName = read.ByName();
        return new ParameterSet([.. specs.Select(spec => (spec.Name, byName[spec.Name]))]);
    }
}
