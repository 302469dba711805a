namespace FlGlm.Client.Data.Rows;

/// <summary>A prompt and the answer to learn.</summary>
/// <param name="Place">Where it stands.</param>
/// <param name="Prompt">The question.</param>
/// <param name="Answer">Never shortened.</param>
internal sealed record PromptRow(RowPlace Place, string Prompt, string Answer) : DataRow(Place);
