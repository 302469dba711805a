namespace FlGlm.Privacy.Reports;

/// <summary>What the attacks on a channel say. None of these says that no attack could do better.</summary>
public enum LeakageVerdict
{
    /// <summary>No attack on the channel has controls that hold, or one that fails has found much: the measurement says nothing.</summary>
    ControlsFail,

    /// <summary>An attack has found more than the constant baseline and the threshold together, or its interval does not rule that out.</summary>
    AboveThreshold,

    /// <summary>The controls hold, and the interval of every attack is below the constant baseline and the threshold together.</summary>
    MeasuredBelow,
}
