namespace FlGlm.Core.Configuration;

/// <summary>The client-batch strategy: one step of the middle for the batches of all clients.</summary>
public sealed record ClientBatchSettings
{
    /// <summary>How the rows of several clients are computed.</summary>
    public BatchProducts Products { get; init; } = BatchProducts.Joined;

    /// <summary>What each client counts for in the middle's gradient.</summary>
    public BatchWeights Weights { get; init; } = BatchWeights.Equal;
}
