namespace FlGlm.Server.Cluster;

/// <summary>What a server says of itself before a run.</summary>
/// <param name="Version">its build</param>
/// <param name="Plan">the text of its plan, without the id of a run</param>
/// <param name="Content">the fingerprint of its weights</param>
/// <param name="NewRunId">the id of a run that begins, where it is rank 0's</param>
/// <param name="Turns">the turns to whose beginning it can go back</param>
internal sealed record ClusterMember(string Version, string Plan, string Content, string NewRunId, IReadOnlyList<TurnMark> Turns);
