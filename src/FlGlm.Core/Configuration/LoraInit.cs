namespace FlGlm.Core.Configuration;

/// <summary>The initial values of A; B starts as zero.</summary>
public enum LoraInit
{
    /// <summary>Uniform within +-1/sqrt(in): PEFT's default (<c>init_lora_weights: true</c>).</summary>
    Kaiming,

    /// <summary>Normal with the deviation 1/r (<c>init_lora_weights: gaussian</c>).</summary>
    Gaussian,
}
