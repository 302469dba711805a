namespace FlGlm.Core.Wire;

/// <summary>An outgoing tensor. The channel asks for its bytes piece by piece and seals each piece from there into the transport's buffer.</summary>
public interface IPayload
{
    PayloadSpec Spec { get; }

    /// <summary>Some of the payload's bytes, where they lie.</summary>
    /// <param name="offset">In bytes; <c>offset + count</c> never exceeds <c>Spec.ByteLength</c>.</param>
    /// <param name="count">How many.</param>
    ReadOnlySpan<byte> Slice(long offset, int count);
}
