namespace TorchSharp.Interop;

internal enum NativeIndexKind
{
    Single = 0,
    Slice = 1,
    Ellipsis = 2,
    Null = 3,
    Bool = 4,
    Tensor = 5,
}
