namespace FlGlm.Core.Splitting;

/// <summary>Whether a pass will be walked back.</summary>
public enum PassMode
{
    /// <summary>Keeps its graph for the gradient; dropout on.</summary>
    Train,

    /// <summary>No graph, no dropout.</summary>
    Evaluate,
}
