namespace FlGlm.Client.Defences;

/// <summary>What a pass through the middle is for.</summary>
public enum PassPurpose
{
    /// <summary>A training step.</summary>
    Train,

    /// <summary>A validation loss.</summary>
    Validate,

    /// <summary>An answer, or the score of one.</summary>
    Generate,
}
