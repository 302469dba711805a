namespace FlGlm.Core.Models;

/// <summary>How an untrained tensor starts (Hugging Face's <c>_init_weights</c>).</summary>
public enum TensorInit
{
    /// <summary>Normal, mean 0, standard deviation <c>initializer_range</c>.</summary>
    Normal,

    /// <summary>All 1.</summary>
    Ones,

    /// <summary>All 0.</summary>
    Zeros,
}
