using FlGlm.Core.Configuration;
using FlGlm.Core.Peft;
using FlGlm.Server.Participants;
using FlGlm.Server.Scheduling;
using static TorchSharp.torch;

namespace FlGlm.Server.Aggregation;

/// <summary>The average of the replicas of a middle at the end of a period, added in the order of the seats.</summary>
/// <param name="replicas">of all clients</param>
/// <param name="weights">of those that count</param>
internal sealed class ReplicaAverage(IReadOnlyDictionary<Participant, MiddleReplica> replicas, IReadOnlyDictionary<Participant, double> weights)
{
    private IEnumerable<MiddleReplica> Counted => weights.Keys.Select(participant => replicas[participant]);

    /// <summary>Gives the average to the middle and to all replicas; called on the compute lane.</summary>
    /// <param name="middle">its trained values</param>
    public void Take(IReadOnlyList<NamedParameter> middle, AverageMoments moments)
    {
        using var average = Mean(replica => ParameterSet.CopyOf(replica.Parameters));
        average.CopyTo(middle);
        foreach (var replica in replicas.Values)
            average.CopyTo(replica.Parameters);
        if (moments == AverageMoments.Average)
            TakeMoments();
        foreach (var replica in moments == AverageMoments.Reset ? Counted : [])
            replica.ResetMoments();
    }

    private void TakeMoments()
    {
        using var scope = NewDisposeScope();
        using var average = Mean(replica => ParameterSet.CopyOf(replica.OpenMoments()));
        foreach (var replica in Counted)
            average.CopyTo(replica.OpenMoments());
    }

    private ParameterSet Mean(Func<MiddleReplica, ParameterSet> values)
    {
        using var mean = new FederatedAverage();
        foreach (var (participant, weight) in weights)
            mean.Add(participant.Seat, values(replicas[participant]), weight);
        return mean.Take();
    }
}
