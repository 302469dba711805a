namespace FlGlm.Client.Data.Rows;

/// <summary>A prompt and the answer to learn.</summary>
/// <param name="Place">Where it stands.</param>
/// <param name="Dialogue">The prompt, with what was said before it.</param>
/// <param name="Answer">Never shortened.</param>
internal sealed record PromptRow(RowPlace Place, Dialogue Dialogue, string Answer) : DataRow(Place);
