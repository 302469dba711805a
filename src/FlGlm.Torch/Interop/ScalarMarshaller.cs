using System.Runtime.InteropServices.Marshalling;

namespace TorchSharp.Interop;

/// <summary>Passes a number by value; null is "none".</summary>
[CustomMarshaller(typeof(Scalar), MarshalMode.ManagedToUnmanagedIn, typeof(ScalarMarshaller))]
internal static class ScalarMarshaller
{
    public static NativeScalar ConvertToUnmanaged(Scalar? scalar) => scalar is null ? NativeScalar.None : scalar.Value;
}
