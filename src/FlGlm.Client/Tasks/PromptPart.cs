namespace FlGlm.Client.Tasks;

/// <summary>A piece of a prompt.</summary>
/// <param name="Text">The text; empty for the mask.</param>
/// <param name="IsShortenable">Whether it may lose its end where the row is too long.</param>
/// <param name="IsMask">Whether it is the place of the answer.</param>
internal sealed record PromptPart(string Text, bool IsShortenable = false, bool IsMask = false);
