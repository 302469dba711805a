using FlGlm.Core.Configuration;
using FlGlm.Core.Planning;

namespace FlGlm.Server.Cluster;

/// <summary>What the servers of a run agree on before it, from what each has said of itself: all find the same.</summary>
/// <param name="RunId">the id of the run</param>
/// <param name="Turn">the turn with whose beginning it goes on; 0 = it begins</param>
internal sealed record ClusterAgreement(string RunId, int Turn)
{
    /// <param name="members">by rank</param>
    /// <exception cref="ConfigurationException">They are not of one run; the message names the rank.</exception>
    public static ClusterAgreement Of(IReadOnlyList<ClusterMember> members)
    {
        Problem[] problems = [.. members.Skip(1).SelectMany((member, index) => Differences(members[0], member, index + 1))];
        if (problems.Length > 0)
            throw new ConfigurationException(problems);
        var common = members[0].Turns.Where(mark => members.All(member => member.Turns.Contains(mark))).ToList();
        if (common.Count > 0)
            return new ClusterAgreement(common.MaxBy(mark => mark.Turn).RunId, common.Max(mark => mark.Turn));
        if (members.SelectMany(member => member.Turns).Any(mark => mark.Turn > 1))
            throw new ConfigurationException("run.directory", $"The servers of this run have no checkpoint in common: {Kept(members)}. Give every rank the directory that it had, or begin a new run in another.");
        return new ClusterAgreement(members[0].NewRunId, 0); // no turn has begun before all had kept its beginning
    }

    private static IEnumerable<Problem> Differences(ClusterMember first, ClusterMember other, int rank)
    {
        if (first.Version != other.Version)
            yield return new Problem("", $"The build is {first.Version} at rank 0, {other.Version} at rank {rank}; all servers of a run need one build.");
        var (ours, theirs) = (PlanText.Lines(first.Plan), PlanText.Lines(other.Plan));
        foreach (var key in ours.Keys.Union(theirs.Keys).Where(key => ours.GetValueOrDefault(key) != theirs.GetValueOrDefault(key)))
        {
            yield return new Problem(
                PlanKeys.InConfiguration(key),
                $"is {ours.GetValueOrDefault(key) ?? "missing"} at rank 0, {theirs.GetValueOrDefault(key) ?? "missing"} at rank {rank}; all servers of a run need one configuration.");
        }

        if (first.Content != other.Content)
            yield return new Problem("model.path", $"The weights of rank {rank} are others than those of rank 0; all servers of a run need the same model (and peft.start).");
    }

    private static string Kept(IReadOnlyList<ClusterMember> members) => string.Join("; ", members.Select((member, rank) => member.Turns.Count == 0
        ? $"rank {rank} has none"
        : $"rank {rank} has turns {string.Join(", ", member.Turns.Select(mark => mark.Turn))} of run {member.Turns[^1].RunId}"));
}
