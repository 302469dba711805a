namespace FlGlm.Core.Splitting;

/// <summary>When a leg of a step was, for a trace.</summary>
/// <param name="Name">of the span</param>
/// <param name="Begin">as <see cref="System.Diagnostics.Stopwatch.GetTimestamp"/>; so is <paramref name="End"/></param>
/// <param name="Bytes">of hidden states or gradients that travelled each way; 0 = none did</param>
internal readonly record struct StepLap(string Name, long Begin, long End, long Bytes = 0);
