namespace FlGlm.Server.Cluster;

/// <summary>A client that has joined one of the servers.</summary>
internal sealed record ClusterClient(int Seat, string Name, long Samples);
