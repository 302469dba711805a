namespace FlGlm.Privacy.Tap;

/// <summary>The four tensors of a pass that the server sees; N blocks.</summary>
public enum PassChannel
{
    /// <summary>h0: the client's head has computed it.</summary>
    HiddenUp,

    /// <summary>hN-2: the server's middle has computed it.</summary>
    HiddenDown,

    /// <summary>dL/dhN-2: the client's tail has computed it.</summary>
    GradientUp,

    /// <summary>dL/dh0: the server's middle has computed it.</summary>
    GradientDown,
}
