using static TorchSharp.torch;

namespace FlGlm.Core.Wire;

/// <summary>Width, dtype and device of every hidden state of a session.</summary>
/// <param name="Width">H</param>
internal sealed record HiddenSpec(long Width, ScalarType Dtype, Device Device)
{
    public long BytesPerToken => Width * (Dtype == float32 ? sizeof(float) : sizeof(ushort));
}
