namespace FlGlm.Core.Configuration;

/// <summary>The weights from which the next client's head and tail start a turn (the paper does not define them).</summary>
public enum SerialHandover
{
    /// <summary>The round's initial weights: comparable with parallel federated averaging.</summary>
    Initial,

    /// <summary>The previous client's weights.</summary>
    Previous,
}
