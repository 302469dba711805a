namespace FlGlm.Server.Scheduling;

/// <summary>A client that takes part in the run, from its agreement to the plan until it leaves.</summary>
/// <param name="Number">Counted from 1, in the order of joining.</param>
/// <param name="Name">Its name.</param>
/// <param name="Samples">n_i, its weight in an average.</param>
public sealed record JoinedClient(int Number, string Name, long Samples);
