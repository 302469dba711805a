using static TorchSharp.torch;

namespace TorchSharp.Interop;

/// <summary>Lists of tensors to and from native calls.</summary>
internal static class Handles
{
    /// <summary>The code of an element type in the C ABI; -1 without one.</summary>
    internal static int Code(this ScalarType? dtype) => dtype is { } type ? (int)type : -1;

    /// <summary>The handles of tensors that the caller keeps alive; 0 for a null entry.</summary>
    internal static nint[] Of(IReadOnlyList<Tensor?> tensors)
    {
        var handles = new nint[tensors.Count];
        for (var i = 0; i < handles.Length; i++) handles[i] = tensors[i] is { } tensor ? tensor.Handle : 0;
        return handles;
    }

    internal static Tensor[] Wrap(nint[] handles) => Array.ConvertAll(handles, handle => new Tensor(handle));
}
