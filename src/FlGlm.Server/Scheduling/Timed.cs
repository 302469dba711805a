namespace FlGlm.Server.Scheduling;

/// <summary>A result of the compute lane, and where its time went.</summary>
/// <param name="Queue">waited for the lane</param>
/// <param name="Compute">on the lane</param>
public readonly record struct Timed<T>(T Value, TimeSpan Queue, TimeSpan Compute);
