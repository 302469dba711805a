using static TorchSharp.torch;

namespace FlGlm.Core.Wire;

/// <summary>What every hidden state of a session has in common.</summary>
/// <param name="Width">H</param>
public sealed record HiddenSpec(long Width, ScalarType Dtype, Device Device);
