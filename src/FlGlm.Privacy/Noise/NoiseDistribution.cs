namespace FlGlm.Privacy.Noise;

/// <summary>The distribution of noise, and with it the norm in which a row is clipped.</summary>
public enum NoiseDistribution
{
    /// <summary>Normal; rows are clipped in the L2 norm.</summary>
    Gaussian,

    /// <summary>Two-sided exponential; rows are clipped in the L1 norm.</summary>
    Laplace,
}
