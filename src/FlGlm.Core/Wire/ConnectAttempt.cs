namespace FlGlm.Core.Wire;

/// <summary>One attempt that did not reach the server.</summary>
/// <param name="Address">host:port.</param>
/// <param name="Number">1, 2, ...</param>
/// <param name="Reason">What the system says.</param>
/// <param name="Delay">How long until the next.</param>
public sealed record ConnectAttempt(string Address, int Number, string Reason, TimeSpan Delay);
