using System.Runtime.InteropServices.Marshalling;

namespace TorchSharp.Interop;

/// <summary>Turns a native status into success or <see cref="System.Runtime.InteropServices.ExternalException"/>.</summary>
[CustomMarshaller(typeof(Status), MarshalMode.ManagedToUnmanagedOut, typeof(StatusMarshaller))]
internal static class StatusMarshaller
{
    public static Status ConvertToManaged(int code) => code == 0 ? default : throw Native.Failure();
}
