using FlGlm.Core.Checkpoints;
using static TorchSharp.torch;

namespace FlGlm.Server.Tap;

/// <summary>One frame of a session as the server sees it.</summary>
/// <param name="Session">the connection, counted from 1</param>
/// <param name="Client">the client's name</param>
/// <param name="FromClient">false: the server sends it</param>
/// <param name="Kind">as docs/wire.md names it</param>
/// <param name="Facts">the control message, every field of it, as JSON under the names of docs/wire.md; of one that cannot be read <c>malformed</c> alone</param>
/// <param name="Bytes">of control message and tensor, without header and seal</param>
/// <param name="At">when</param>
/// <param name="Tensor">type and shape of the frame's tensor; null where it has none</param>
public sealed record TappedFrame(int Session, string Client, bool FromClient, string Kind, string Facts, long Bytes, DateTimeOffset At, TensorInfo? Tensor)
{
    internal Func<Tensor>? Copy { get; init; }

    /// <summary>The frame's tensor; the caller disposes it.</summary>
    /// <exception cref="InvalidOperationException">The frame has none.</exception>
    public Tensor CopyTensor() => Copy is null ? throw new InvalidOperationException($"A {Kind} frame has no tensor.") : Copy();
}
