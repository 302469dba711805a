namespace FlGlm.Core.Configuration;

/// <summary>A configuration that has been read and found in order.</summary>
/// <param name="Settings">The resolved settings: defaults, under the file, under the overrides.</param>
/// <param name="Overrides">The applied <c>--set</c>s, one line each to echo: <c>training.steps = 20 (was 100)</c>.</param>
public sealed record LoadedConfig<T>(T Settings, IReadOnlyList<string> Overrides);
