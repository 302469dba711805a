using System.Runtime.InteropServices.Marshalling;
using static TorchSharp.torch;

namespace TorchSharp.Interop;

/// <summary>Lends a tensor's handle to a native call and wraps the handles that come back.</summary>
[CustomMarshaller(typeof(Tensor), MarshalMode.ManagedToUnmanagedIn, typeof(In))]
[CustomMarshaller(typeof(Tensor), MarshalMode.ManagedToUnmanagedOut, typeof(Out))]
internal static class TensorMarshaller
{
    /// <summary>Keeps the tensor alive until the call has returned.</summary>
    public ref struct In
    {
        private Tensor? _tensor;

        public void FromManaged(Tensor? tensor) => _tensor = tensor;

        public readonly nint ToUnmanaged() => _tensor is null ? 0 : _tensor.Handle;

        public readonly void Free() => GC.KeepAlive(_tensor);
    }

    /// <summary>A null handle is a failure.</summary>
    public static class Out
    {
        public static Tensor ConvertToManaged(nint handle) => handle != 0 ? new Tensor(handle) : throw Native.Failure();
    }
}
