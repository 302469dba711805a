namespace FlGlm.Client.Data;

/// <summary>A question, and what was said before it.</summary>
/// <param name="Prompt">The question to answer.</param>
public sealed record Dialogue(string Prompt)
{
    /// <summary>The exchanges before the question, oldest first.</summary>
    public IReadOnlyList<Round> History { get; init; } = [];

    /// <summary>Instructions above the whole dialogue; empty = none.</summary>
    public string System { get; init; } = "";

    /// <summary>Whether there is more than the question, which only a chat template can express.</summary>
    internal bool NeedsTemplate => History.Count > 0 || System.Length > 0;
}
