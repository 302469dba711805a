namespace FlGlm.Core.Configuration;

/// <summary>The trained parameters.</summary>
public enum PeftMethod
{
    /// <summary>Low-rank adapters on named projections (PEFT LORA).</summary>
    Lora,

    /// <summary>P-tuning v2: a learned prefix of keys and values in every block (PEFT PREFIX_TUNING).</summary>
    PTuningV2,

    /// <summary>Full fine-tuning: every weight trains.</summary>
    None,
}
