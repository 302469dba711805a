namespace FlGlm.Core.Planning;

/// <summary>What the next client's head and tail start a turn from (the paper does not say).</summary>
public enum SerialHandover
{
    /// <summary>The round's initial weights: comparable with parallel federated averaging.</summary>
    Initial,

    /// <summary>The previous client's weights.</summary>
    Previous,
}
