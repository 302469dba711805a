namespace FlGlm.Core.Splitting;

/// <summary>Whether a gradient will follow a forward.</summary>
public enum PassMode
{
    /// <summary>Keeps the graph for the gradient; dropout on.</summary>
    Train,

    /// <summary>No graph, no dropout.</summary>
    Evaluate,
}
