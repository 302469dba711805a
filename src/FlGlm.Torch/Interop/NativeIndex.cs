using System.Runtime.InteropServices;

namespace TorchSharp.Interop;

/// <summary>sh_index: one index of <c>tensor[...]</c> as the C ABI passes it.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct NativeIndex(NativeIndexKind Kind, int Given, long Start, long Stop, long Step, nint Tensor);
