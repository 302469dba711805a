using FlGlm.Core.Configuration;
using FlGlm.Core.Peft;
using FlGlm.Server.Participants;
using FlGlm.Server.Scheduling;
using static TorchSharp.torch;

namespace FlGlm.Server.Aggregation;

/// <summary>
/// The average of the replicas of a middle at the end of a period, added in the order of the seats: what they have is copied, then the means are
/// taken, then all get them.
/// </summary>
internal sealed class ReplicaAverage : IDisposable
{
    private readonly AverageMoments _moments;
    private readonly IReadOnlyList<Participant> _counted;
    private readonly FederatedAverage _values = new();
    private readonly FederatedAverage _ofMoments = new();
    private ParameterSet? _mean;
    private ParameterSet? _meanOfMoments;

    /// <summary>Copies what the clients that count have; called on the compute lane.</summary>
    /// <param name="replicas">of all clients</param>
    /// <param name="weights">of those that count</param>
    public ReplicaAverage(IReadOnlyDictionary<Participant, MiddleReplica> replicas, IReadOnlyDictionary<Participant, double> weights, AverageMoments moments)
    {
        (_moments, _counted) = (moments, [.. weights.Keys]);
        foreach (var (participant, weight) in weights)
        {
            _values.Add(participant.Seat, ParameterSet.CopyOf(replicas[participant].Parameters), weight);
            if (moments == AverageMoments.Average)
                _ofMoments.Add(participant.Seat, CopyOfMoments(replicas[participant]), weight);
        }
    }

    /// <param name="meanAsync">the mean of what was added; null = nobody has added anything</param>
    public async Task TakeAsync(Func<FederatedAverage, Task<ParameterSet?>> meanAsync)
    {
        _mean = await meanAsync(_values).ConfigureAwait(false);
        if (_moments == AverageMoments.Average)
            _meanOfMoments = await meanAsync(_ofMoments).ConfigureAwait(false);
    }

    /// <summary>Gives the average to the middle and to all replicas; called on the compute lane.</summary>
    /// <param name="middle">its trained values</param>
    /// <param name="replicas">of all clients</param>
    public void Give(IReadOnlyList<NamedParameter> middle, IReadOnlyDictionary<Participant, MiddleReplica> replicas)
    {
        if (_mean is null)
            return;
        _mean.CopyTo(middle);
        foreach (var replica in replicas.Values)
            _mean.CopyTo(replica.Parameters);
        foreach (var replica in _counted.Where(replicas.ContainsKey).Select(participant => replicas[participant]))
        {
            if (_moments == AverageMoments.Reset)
                replica.ResetMoments();
            GiveMoments(replica);
        }
    }

    public void Dispose()
    {
        _values.Dispose();
        _ofMoments.Dispose();
        _mean?.Dispose();
        _meanOfMoments?.Dispose();
    }

    private void GiveMoments(MiddleReplica replica)
    {
        using var scope = NewDisposeScope();
        _meanOfMoments?.CopyTo(replica.OpenMoments());
    }

    private static ParameterSet CopyOfMoments(MiddleReplica replica)
    {
        using var scope = NewDisposeScope();
        var copy = ParameterSet.CopyOf(replica.OpenMoments());
        foreach (var (_, value) in copy.Tensors)
            value.DetachFromDisposeScope();
        return copy;
    }
}
