using FlGlm.Core.Wire;
using FlGlm.Core.Wire.Messages;
using static TorchSharp.torch;

namespace FlGlm.Server.Sessions;

/// <summary>The reply to a request, kept until the client has it: it may have to be sent again.</summary>
/// <param name="packed">[tokens, H], from now on owned by it; null for a reply without one</param>
/// <param name="step">the step that it ends; null = none</param>
internal sealed class PassReply(FrameKind kind, PassDone done, Tensor? packed, ServedStep? step = null)
{
    private readonly Lock _gate = new();
    private int _sending;
    private bool _isOver;

    /// <summary>What to report when it is sent for the first time.</summary>
    public ServedStep? Step => step;

    /// <summary>Sends it, unless it is not kept any more.</summary>
    public async Task SendAsync(IFrameChannel channel, CancellationToken ct)
    {
        if (!Change(+1))
            return;
        try
        {
            await channel.SendAsync(kind, done, packed is null ? null : new TensorPayload(packed), ct).ConfigureAwait(false);
        }
        finally
        {
            Change(-1);
        }
    }

    /// <summary>It is not kept any more; a send that is under way is finished before the tensor is freed.</summary>
    public void Free()
    {
        lock (_gate)
        {
            _isOver = true;
            if (_sending == 0)
                packed?.Dispose();
        }
    }

    private bool Change(int senders)
    {
        lock (_gate)
        {
            if (_isOver && senders > 0)
                return false;
            _sending += senders;
            if (_isOver && _sending == 0)
                packed?.Dispose();
            return true;
        }
    }
}
