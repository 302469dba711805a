using System.Text.Json.Nodes;

namespace FlGlm.Privacy.Tap;

/// <summary>A line of a recording's manifest.</summary>
/// <param name="At">microseconds since 1970</param>
/// <param name="Session">the connection, counted from 1</param>
/// <param name="Facts">the fields of its control message</param>
/// <param name="Bytes">of control message and tensor</param>
/// <param name="File">what holds its tensor, below the recording's folder; null = it has none</param>
public sealed record RecordedFrame(long At, int Session, string Client, bool FromClient, string Kind, JsonNode Facts, long Bytes, string? File);
