namespace FlGlm.Core.Wire;

internal static class FrameKinds
{
    /// <summary>Sent and answered by the channel itself; carries no tensor.</summary>
    public static bool BelongsToChannel(this FrameKind kind) => kind < FrameKind.Join;

    public static bool IsRekey(this FrameKind kind) =>
        kind is FrameKind.RekeyOffer or FrameKind.RekeyAnswer or FrameKind.RekeyConfirm;
}
