namespace FlGlm.Core.Wire;

/// <summary>A failed attempt to reach the server.</summary>
/// <param name="Address">host:port.</param>
/// <param name="Number">1, 2, ...</param>
/// <param name="Reason">The error message of the operating system.</param>
/// <param name="Delay">The time until the next attempt.</param>
public sealed record ConnectAttempt(string Address, int Number, string Reason, TimeSpan Delay);
