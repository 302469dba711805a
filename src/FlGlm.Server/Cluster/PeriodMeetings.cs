using FlGlm.Core.Peft;
using FlGlm.Core.Splitting;
using FlGlm.Server.Aggregation;
using FlGlm.Server.Participants;

namespace FlGlm.Server.Cluster;

/// <summary>What the servers of a run do together at the start and at the end of every period; a server that is alone does it by itself.</summary>
/// <param name="lane">computes a mean</param>
internal sealed class PeriodMeetings(ComputeLane lane)
{
    /// <summary>Null where this server is alone.</summary>
    public ServerCluster? Cluster { get; init; }

    /// <summary>Whether others are waited for.</summary>
    public bool MayTakeLong => Cluster is not null;

    /// <summary>Whether this server is asked to stop: it meets nobody any more.</summary>
    public bool IsStopped => Cluster?.IsStopped == true;

    /// <summary>Waits for the clients of all servers.</summary>
    /// <returns>all, in the order of their seats</returns>
    public async Task<IReadOnlyList<ClusterClient>> StartAsync(IReadOnlyList<Participant> own)
    {
        List<ClusterClient> clients = [.. own.Select(participant => new ClusterClient(participant.Seat, participant.Name, participant.Samples))];
        return Cluster is null ? clients : [.. (await Cluster.GatherAsync(ClusterTag.Clients, clients).ConfigureAwait(false)).SelectMany(each => each).OrderBy(client => client.Seat)];
    }

    /// <summary>Waits until the clients of all servers have ended a period.</summary>
    /// <param name="clients">of this server, that take part</param>
    /// <param name="ended">of this server, whose values count</param>
    public async Task<PeriodCounts> EndAsync(int clients, int ended)
    {
        if (Cluster is null)
            return default;
        var all = await Cluster.GatherAsync(ClusterTag.Period, new PeriodCounts(clients, ended)).ConfigureAwait(false);
        return new PeriodCounts(all.Sum(each => each.Others) - clients, all.Sum(each => each.Ended));
    }

    /// <summary>The mean of what the clients of all servers have added, which is gone then.</summary>
    /// <returns>the caller disposes it; null where nobody has added anything</returns>
    public Task<ParameterSet?> MeanAsync(FederatedAverage own) => Cluster?.MeanAsync(own, lane) ?? lane.RunAsync(own.TakeIfAny, CancellationToken.None);

    /// <summary>Waits until all servers have kept the beginning of a period: no client is ahead of what its run can go back to.</summary>
    public Task KeptAsync() => Cluster?.GatherAsync(ClusterTag.Kept, Cluster.Rank) ?? Task.CompletedTask;
}
