namespace FlGlm.Client.Tasks.Generation;

/// <summary>CNN/DailyMail: highlights of a news article. Hugging Face's form (<c>article</c>, <c>highlights</c>), or <c>source</c> and <c>target</c>.</summary>
public sealed class CnnDailyMailTask : SummaryTask
{
    /// <inheritdoc/>
    public override string Name => "cnn_dailymail";

    /// <inheritdoc/>
    protected override string[] ArticleFields { get; } = ["article", "document", "source"];

    /// <inheritdoc/>
    protected override string[] SummaryFields { get; } = ["highlights", "summary", "target"];
}
