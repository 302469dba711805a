namespace FlGlm.Core.Configuration;

/// <summary>A configuration that has been read and validated.</summary>
/// <param name="Settings">The settings: defaults, replaced by the file's values, replaced by the overrides.</param>
/// <param name="Overrides">The applied <c>--set</c>s, one line each to echo: <c>training.steps = 20 (was 100)</c>.</param>
public sealed record LoadedConfig<T>(T Settings, IReadOnlyList<string> Overrides)
{
    /// <summary>The file and line, or the <c>--set</c>, of each dotted key that has been set.</summary>
    public IReadOnlyDictionary<string, string> Places { get; init; } = new Dictionary<string, string>();
}
