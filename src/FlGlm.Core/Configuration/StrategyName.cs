namespace FlGlm.Core.Configuration;

/// <summary>How a server works with several clients.</summary>
public enum StrategyName
{
    /// <summary>With one client until its turn ends, then with the next.</summary>
    Serial,

    /// <summary>With all at the same time: one step of one middle for the batches of all.</summary>
    ClientBatch,

    /// <summary>With all at the same time, each with a middle adapter of its own over one frozen base; all adapters are averaged every period.</summary>
    ServerHierarchical,
}
