namespace FlGlm.Privacy.Attacks;

/// <summary>What turns vectors back into tokens.</summary>
public enum InverterKind
{
    /// <summary>One linear layer, each position for itself.</summary>
    Linear,

    /// <summary>A GRU in both directions, and a linear layer.</summary>
    Gru,

    /// <summary>One block of the public model's kind, final norm and LM head (paper, section 4).</summary>
    Transformer,
}
