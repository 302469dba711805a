using System.Buffers;

namespace FlGlm.Core.Wire;

/// <summary>Buffers of received frames, reused from frame to frame.</summary>
internal static class FrameBuffers
{
    public static byte[] Rent(int length) => ArrayPool<byte>.Shared.Rent(length);

    public static void Return(byte[] buffer) => ArrayPool<byte>.Shared.Return(buffer);
}
