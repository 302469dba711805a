namespace FlGlm.EndToEnd.Tests.Telemetry;

/// <summary>A span as a collector got it.</summary>
/// <param name="Trace">hexadecimal, as the other ids</param>
/// <param name="Parent">empty = it has none</param>
/// <param name="Begin">nanoseconds since 1970, as the end</param>
internal sealed record OtlpSpan(
    string Service, string Name, string Trace, string Id, string Parent, long Begin, long End, IReadOnlyDictionary<string, string> Attributes);
