using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    // Copies, conversions and moves between devices. `to` returns this tensor's data itself where nothing changes.
    public partial class Tensor
    {
        public Tensor clone() => Native.sh_clone(this);

        /// <summary>Another handle of the same tensor.</summary>
        public Tensor alias() => Native.sh_alias(this);

        public Tensor contiguous() => Native.sh_contiguous(this);

        public Tensor copy_(Tensor source, bool nonBlocking = false) => Native.sh_copy_(this, source, nonBlocking).Then(this);

        public Tensor set_(Tensor source) => Native.sh_set_(this, source).Then(this);

        public Tensor zero_() => Native.sh_zero_(this).Then(this);

        public Tensor fill_(Scalar value) => Native.sh_fill_(this, value).Then(this);

        public Tensor to(ScalarType type, bool copy = false, bool disposeAfter = false, bool non_blocking = false) =>
            Convert(type, null, copy, disposeAfter, non_blocking);

        public Tensor to(Device device, bool copy = false, bool disposeAfter = false, bool non_blocking = false) =>
            Convert(null, device, copy, disposeAfter, non_blocking);

        public Tensor to(ScalarType type, Device device, bool copy = false, bool disposeAfter = false, bool non_blocking = false) =>
            Convert(type, device, copy, disposeAfter, non_blocking);

        public Tensor to(string device, bool copy = false, bool disposeAfter = false, bool non_blocking = false) =>
            Convert(null, new Device(device), copy, disposeAfter, non_blocking);

        public Tensor to(
            DeviceType deviceType, int deviceIndex = -1, bool copy = false, bool disposeAfter = false, bool non_blocking = false) =>
            Convert(null, new Device(deviceType, deviceIndex), copy, disposeAfter, non_blocking);

        public Tensor to(Tensor other, bool non_blocking = false) => Convert(other.dtype, other.device, false, false, non_blocking);

        public Tensor to_type(ScalarType type, bool copy = false, bool disposeAfter = false, bool non_blocking = false) =>
            Convert(type, null, copy, disposeAfter, non_blocking);

        public Tensor type_as(Tensor tensor) => to(tensor.dtype);

        public Tensor cpu() => to(CPU);

        public Tensor cuda(Device? device = null, bool non_blocking = false) => to(device ?? CUDA, non_blocking: non_blocking);

        public Tensor @bool() => to(ScalarType.Bool);

        public Tensor @byte() => to(ScalarType.Byte);

        public Tensor @int() => to(ScalarType.Int32);

        public Tensor @long() => to(ScalarType.Int64);

        public Tensor half() => to(ScalarType.Float16);

        public Tensor bfloat16() => to(ScalarType.BFloat16);

        public Tensor @float() => to(ScalarType.Float32);

        public Tensor @double() => to(ScalarType.Float64);

        private Tensor Convert(ScalarType? type, Device? device, bool copy, bool disposeAfter, bool nonBlocking)
        {
            var converted = Native.sh_to(
                this, type.Code(), device is null ? -1 : (int)device.type, device is null ? -1 : device.index, copy, nonBlocking);
            if (disposeAfter) Dispose();
            return converted;
        }
    }
}
