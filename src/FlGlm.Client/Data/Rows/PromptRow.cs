namespace FlGlm.Client.Data.Rows;

/// <summary>A prompt, and the answer to learn where the row has one.</summary>
/// <param name="Place">Where it stands.</param>
/// <param name="Dialogue">The prompt, with what was said before it.</param>
/// <param name="Answer">Never shortened; null = a question only.</param>
internal sealed record PromptRow(RowPlace Place, Dialogue Dialogue, string? Answer) : DataRow(Place)
{
    /// <summary>What the row has where an answer is missing, and what would name one.</summary>
    internal string WhereToAnswer { get; init; } = "";

    /// <summary>Whether the answer is learnt; null = as <c>data.loss_on</c> says.</summary>
    internal bool? IsLearnt { get; init; }

    /// <summary>Everything that is said in it.</summary>
    internal IEnumerable<string> Texts =>
        [Dialogue.System, .. Dialogue.History.SelectMany(round => new[] { round.Question, round.Answer }), Dialogue.Prompt, Answer ?? ""];
}
