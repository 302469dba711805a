namespace FlGlm.Server.Scheduling;

/// <summary>A waiting client's place in the queue.</summary>
/// <param name="Position">1 = next.</param>
/// <param name="Waiting">Clients waiting in all.</param>
public readonly record struct QueuePlace(int Position, int Waiting);
