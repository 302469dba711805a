namespace FlGlm.Core.Wire;

/// <summary>An outgoing tensor. The channel asks for its bytes piece by piece and seals each piece where it lies.</summary>
public interface IPayload
{
    TensorForm Form { get; }

    /// <summary>Writes the payload's bytes from <paramref name="offset"/> on until <paramref name="destination"/> is full.</summary>
    /// <param name="offset">In bytes; <c>offset + destination.Length</c> never exceeds <c>Form.ByteLength</c>.</param>
    /// <param name="destination">Where to write.</param>
    void CopyTo(long offset, Span<byte> destination);
}
