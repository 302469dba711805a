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
}
