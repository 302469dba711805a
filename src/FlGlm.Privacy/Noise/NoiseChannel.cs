namespace FlGlm.Privacy.Noise;

/// <summary>What noise is added to.</summary>
internal enum NoiseChannel
{
    /// <summary>h0, before it leaves.</summary>
    Hidden,

    /// <summary>dL/dhN-2, before it leaves.</summary>
    UpwardGradient,

    /// <summary>dL/dh0, after it has come home.</summary>
    HomewardGradient,

    /// <summary>The sum of a step's clipped gradients of what head and tail train; what they have learnt leaves with the adapters, and in all that is computed with them.</summary>
    Adapters,
}
