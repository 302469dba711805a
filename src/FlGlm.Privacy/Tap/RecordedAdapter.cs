namespace FlGlm.Privacy.Tap;

/// <summary>What a client has trained, as it travelled at the end of a round, or what the server sent it.</summary>
/// <param name="Client">whose session it was</param>
/// <param name="FromClient">false: the server sent it</param>
/// <param name="File">its tensors under their published names</param>
public sealed record RecordedAdapter(string Client, bool FromClient, string File)
{
    /// <summary>The client's training passes that began before it.</summary>
    public int PassesBefore { get; init; }
}
