namespace FlGlm.Server.Scheduling;

/// <summary>Where a waiting client stands.</summary>
/// <param name="Position">1 = next.</param>
/// <param name="Waiting">Clients waiting in all.</param>
public readonly record struct QueuePlace(int Position, int Waiting);
