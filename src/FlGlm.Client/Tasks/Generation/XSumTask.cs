namespace FlGlm.Client.Tasks.Generation;

/// <summary>XSum: one sentence that says what a BBC article is about. Hugging Face's form (<c>document</c>, <c>summary</c>), or <c>source</c> and <c>target</c>.</summary>
public sealed class XSumTask : SummaryTask
{
    /// <inheritdoc/>
    public override string Name => "xsum";

    /// <inheritdoc/>
    protected override string[] ArticleFields { get; } = ["document", "article", "source"];

    /// <inheritdoc/>
    protected override string[] SummaryFields { get; } = ["summary", "highlights", "target"];
}
