namespace FlGlm.Server.Sessions;

/// <summary>The server's report on one step; it never has the loss.</summary>
public sealed record ServedStep
{
    /// <summary>The client's name.</summary>
    public required string Client { get; init; }

    /// <summary>Counted from 1 over all rounds of this client.</summary>
    public required int Step { get; init; }

    /// <summary>Steps this client will take in all.</summary>
    public required int Steps { get; init; }

    /// <summary>Counted from 1.</summary>
    public required int Round { get; init; }

    /// <summary>Real tokens of the batch.</summary>
    public required int Tokens { get; init; }

    /// <summary>Clients waiting for their turn.</summary>
    public int Waiting { get; init; }

    public long BytesIn { get; init; }

    public long BytesOut { get; init; }

    /// <summary>Seconds both passes waited for the compute lane.</summary>
    public double QueueSeconds { get; init; }

    /// <summary>Seconds of the middle's forward pass.</summary>
    public double MiddleSeconds { get; init; }

    /// <summary>Seconds of the middle's backward pass; its optimizer steps behind the answer.</summary>
    public double MiddleBackwardSeconds { get; init; }

    /// <summary>Seconds from the first byte in to the last byte out, the client's own work between them included.</summary>
    public double TotalSeconds { get; init; }
}
