using FlGlm.Core.Wire;
using Google.Protobuf;
using static TorchSharp.torch;

namespace FlGlm.Client.Training;

/// <summary>A request whose reply has not come; it can be sent again over another connection.</summary>
/// <param name="pass">the pass that it belongs to</param>
/// <param name="packed">[tokens, H], from now on owned by it; null for a request without one</param>
internal sealed class PendingRequest(FrameKind kind, IMessage control, long pass, Tensor? packed)
{
    /// <summary>One for who sends it, one for who waits for the reply.</summary>
    private int _users = 2;

    public long Pass => pass;

    /// <summary>It gets no reply: that of a later request shows that it has come.</summary>
    public bool IsSilent => kind == FrameKind.Drop;

    public ValueTask SendAsync(IFrameChannel channel, CancellationToken ct) =>
        channel.SendAsync(kind, control, packed is null ? null : new TensorPayload(packed), ct);

    /// <summary>One user less; with the last, the tensor is freed.</summary>
    public void Release()
    {
        if (Interlocked.Decrement(ref _users) == 0)
            packed?.Dispose();
    }
}
