namespace FlGlm.Privacy.Attacks;

/// <summary>Where an inverter's training begins.</summary>
public enum InverterStart
{
    /// <summary>At the public model: linear at its embedding, transformer at its last block, final norm and LM head. A GRU has no such start and begins random.</summary>
    Pretrained,

    /// <summary>At random values.</summary>
    Random,
}
