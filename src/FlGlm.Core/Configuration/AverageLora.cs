namespace FlGlm.Core.Configuration;

/// <summary>How LoRA's two factors are averaged.</summary>
public enum AverageLora
{
    /// <summary>Each by itself, as the paper does; the mean of the factors is not the factors of the mean.</summary>
    Factor,

    /// <summary>lora_A stays as initialised, the same for all, and only lora_B trains: then the product of the means is the mean of the products.</summary>
    Exact,
}
