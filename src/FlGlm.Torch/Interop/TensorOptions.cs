using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace TorchSharp.Interop;

/// <summary>sh_options: where and as what a tensor is made; -1 is the default.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct TensorOptions(ScalarType? dtype, Device? device, bool requiresGrad)
{
    public readonly int Dtype = dtype.Code();
    public readonly int DeviceType = device is null ? -1 : (int)device.type;
    public readonly int DeviceIndex = device is null ? -1 : device.index;
    public readonly int RequiresGrad = requiresGrad ? 1 : 0;
}
