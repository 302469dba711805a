namespace TorchSharp.Interop;

internal enum NativeScalarKind
{
    None = -1,
    Integer = 0,
    Real = 1,
    Boolean = 2,
}
