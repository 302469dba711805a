using System.Runtime.InteropServices;

namespace TorchSharp.Interop;

/// <summary>sh_scalar: a number as the C ABI passes it.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct NativeScalar(double Real, long Integer, NativeScalarKind Kind)
{
    internal static NativeScalar None => new(0, 0, NativeScalarKind.None);

    internal double ToDouble() => Kind == NativeScalarKind.Real ? Real : Integer;

    internal long ToInt64() => Kind == NativeScalarKind.Real ? (long)Real : Integer;

    internal bool ToBoolean() => ToDouble() != 0;
}
