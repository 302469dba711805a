namespace FlGlm.Client.Data;

/// <summary>Rows held out of training.</summary>
/// <param name="Name">The file they come from; empty = they are the last training rows.</param>
/// <param name="Examples">At least one.</param>
public sealed record ValidationSet(string Name, IReadOnlyList<Example> Examples);
