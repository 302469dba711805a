namespace FlGlm.Core.Configuration;

/// <summary>What a client counts for in a joint step's gradient of the middle.</summary>
public enum BatchWeights
{
    /// <summary>As much as every other: the mean of the clients' gradients. Nothing derived from labels travels.</summary>
    Equal,

    /// <summary>Its judged positions: the gradient of one batch of all rows. The server learns their number with every step.</summary>
    Targets,
}
