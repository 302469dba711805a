namespace FlGlm.Privacy.Tap;

/// <summary>What a frame's tensor is, by the frame's kind.</summary>
internal static class FrameRole
{
    /// <summary>The channel of a pass that a kind of frame carries; null = none.</summary>
    public static PassChannel? ChannelOf(string kind) => kind switch
    {
        "Forward" or "Prefill" or "Decode" => PassChannel.HiddenUp,
        "ForwardReply" => PassChannel.HiddenDown,
        "Backward" => PassChannel.GradientUp,
        "BackwardReply" => PassChannel.GradientDown,
        _ => null,
    };

    /// <summary>A piece of one tensor of an adapter.</summary>
    public const string AdapterPiece = "AdapterTensor";

    /// <summary>An adapter is complete.</summary>
    public const string AdapterEnd = "AdapterEnd";
}
