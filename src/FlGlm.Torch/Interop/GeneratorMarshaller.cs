using System.Runtime.InteropServices.Marshalling;
using static TorchSharp.torch;

namespace TorchSharp.Interop;

/// <summary>Lends a generator's handle to a native call; null is the device's default generator.</summary>
[CustomMarshaller(typeof(Generator), MarshalMode.ManagedToUnmanagedIn, typeof(GeneratorMarshaller))]
internal ref struct GeneratorMarshaller
{
    private Generator? _generator;

    public void FromManaged(Generator? generator) => _generator = generator;

    public readonly nint ToUnmanaged() => _generator is null ? 0 : _generator.Handle;

    public readonly void Free() => GC.KeepAlive(_generator);
}
