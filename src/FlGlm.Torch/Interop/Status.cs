using System.Runtime.InteropServices.Marshalling;
using static TorchSharp.torch;

namespace TorchSharp.Interop;

/// <summary>What a native function returns that makes no tensor: existing means that it succeeded.</summary>
[NativeMarshalling(typeof(StatusMarshaller))]
internal readonly struct Status
{
    /// <summary>The tensor that the call changed in place, to return it.</summary>
    internal Tensor Then(Tensor changed) => changed;
}
