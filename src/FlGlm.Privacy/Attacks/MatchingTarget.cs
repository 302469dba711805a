namespace FlGlm.Privacy.Attacks;

/// <summary>What of a row the search compares with what was seen.</summary>
public enum MatchingTarget
{
    /// <summary>h0 alone.</summary>
    Hidden,

    /// <summary>dL/dhN-2 and dL/dh0, as in DLG and TAG.</summary>
    Gradients,

    /// <summary>First h0, then all three, as in BiSR.</summary>
    HiddenThenAll,
}
