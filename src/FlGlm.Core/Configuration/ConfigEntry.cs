namespace FlGlm.Core.Configuration;

/// <summary>One key of a configuration: what it is, which values it takes, and the value that it has.</summary>
/// <param name="Key">The dotted key, such as <c>optimizer.learning_rate</c>.</param>
/// <param name="Value">As written in YAML.</param>
/// <param name="Default">The same without file and overrides.</param>
public sealed record ConfigEntry(string Key, string Value, string Default)
{
    /// <summary>The file and line, or the <c>--set</c>, that has set it; null = nothing has.</summary>
    public string? Where { get; init; }

    /// <summary>What a number counts, such as <c>seconds</c>; empty = nothing.</summary>
    public string Unit { get; init; } = "";

    /// <summary>The values that it takes, in words.</summary>
    public string Takes { get; init; } = "";

    /// <summary>What it is, as documented at the setting; empty where the documentation file is not beside the assembly.</summary>
    public string Summary { get; init; } = "";

    /// <summary>What each of its words means, where it takes words.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Words { get; init; } = [];
}
