namespace FlGlm.Core.Configuration;

/// <summary>A configuration that has been read and validated.</summary>
/// <param name="Settings">The settings: defaults, replaced by the file's values, replaced by the overrides.</param>
/// <param name="Overrides">The applied <c>--set</c>s, one line each to echo: <c>training.steps = 20 (was 100)</c>.</param>
public sealed record LoadedConfig<T>(T Settings, IReadOnlyList<string> Overrides);
