namespace FlGlm.Server.Scheduling;

/// <summary>A result of the compute lane, with its times.</summary>
/// <param name="Queue">time in the lane's queue</param>
/// <param name="Compute">time on the lane</param>
public readonly record struct Timed<T>(T Value, TimeSpan Queue, TimeSpan Compute);
