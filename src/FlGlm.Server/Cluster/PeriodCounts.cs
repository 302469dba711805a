namespace FlGlm.Server.Cluster;

/// <summary>The clients of a run at the end of a period.</summary>
/// <param name="Others">those of the other servers that take part</param>
/// <param name="Ended">those of all servers whose values count; 0 where this server is alone and knows them itself</param>
internal readonly record struct PeriodCounts(int Others, int Ended);
