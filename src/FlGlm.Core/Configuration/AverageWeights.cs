namespace FlGlm.Core.Configuration;

/// <summary>What a client's values count for in an average.</summary>
public enum AverageWeights
{
    /// <summary>Its rows.</summary>
    Samples,

    /// <summary>As much as every other's.</summary>
    Uniform,

    /// <summary>The positions that its loss has judged since the last average; the server learns their number with every step.</summary>
    Targets,
}
