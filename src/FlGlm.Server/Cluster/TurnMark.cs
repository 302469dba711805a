namespace FlGlm.Server.Cluster;

/// <summary>The beginning of a turn of a run, of which a server has a checkpoint.</summary>
internal readonly record struct TurnMark(string RunId, int Turn);
