namespace FlGlm.Core.Configuration;

/// <summary>The serial strategy: the server works with one client until its turn ends, then with the next.</summary>
public sealed record SerialSettings
{
    /// <summary>The weights from which a client starts its turn.</summary>
    public SerialHandover Handover { get; init; } = SerialHandover.Initial;
}
