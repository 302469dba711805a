namespace TorchSharp;

/// <summary>Where a tensor lives; the values are libtorch's.</summary>
public enum DeviceType
{
    CPU = 0,
    CUDA = 1,
    META = 14,
}
