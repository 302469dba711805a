namespace FlGlm.Client.Tasks;

/// <summary>What a model answered to one question.</summary>
/// <param name="Id">The question's.</param>
/// <param name="Answer">A label, the label of a choice, or a text.</param>
/// <param name="Gold">The right answers; none where the row has none.</param>
public sealed record Prediction(string Id, string Answer, IReadOnlyList<string> Gold)
{
    /// <summary>The question's group; empty = none.</summary>
    public string Group { get; init; } = "";

    /// <summary>What <see cref="LanguageTask.Judge"/> made of it; none where there are no right answers.</summary>
    public IReadOnlyDictionary<string, double> Scores { get; init; } = new Dictionary<string, double>();

    /// <summary>Of each choice by its label: the logarithm of its probability (of several tokens: their sum). None where the answer is free.</summary>
    public IReadOnlyDictionary<string, double> Choices { get; init; } = new Dictionary<string, double>();

    /// <summary>The text that was generated; empty where the answer was chosen.</summary>
    public string Text { get; init; } = "";

    /// <summary>Whether the prompt has lost something to <c>data.max_length</c>.</summary>
    public bool IsShortened { get; init; }
}
