namespace FlGlm.Core.Wire;

/// <summary>A tensor to send. The channel reads its bytes piece by piece and encrypts each piece directly into the transport's buffer.</summary>
internal interface IPayload
{
    PayloadSpec Spec { get; }

    /// <summary>Some of the payload's bytes, without a copy.</summary>
    /// <param name="offset">In bytes; <c>offset + count</c> never exceeds <c>Spec.ByteLength</c>.</param>
    /// <param name="count">How many.</param>
    ReadOnlySpan<byte> Slice(long offset, int count);
}
