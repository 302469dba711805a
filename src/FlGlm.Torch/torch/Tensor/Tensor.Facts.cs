using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    // What a tensor is: shape, type, place.
    public partial class Tensor
    {
        public long ndim => dim();

        public long Dimensions => dim();

        public long NumberOfElements => numel();

        /// <summary>Bytes of one element.</summary>
        public long ElementSize => element_size();

        public long[] shape
        {
            get
            {
                var sizes = new long[dim()];
                Native.sh_sizes(this, sizes, sizes.Length);
                return sizes;
            }
        }

        public ScalarType dtype => (ScalarType)Native.sh_dtype(this);

        public DeviceType device_type => (DeviceType)Native.sh_device_type(this);

        public int device_index => Native.sh_device_index(this);

        public Device device => new(device_type, device_index);

        public bool is_cuda => device_type == DeviceType.CUDA;

        public bool is_cpu() => device_type == DeviceType.CPU;

        public long dim() => Native.sh_dim(this);

        public long numel() => Native.sh_numel(this);

        public long element_size() => Native.sh_element_size(this);

        public long storage_offset() => Native.sh_storage_offset(this);

        public long[] size() => shape;

        public long size(int dim)
        {
            var size = Native.sh_size(this, dim);
            return size >= 0 ? size : throw Native.Failure();
        }

        public long[] stride()
        {
            var strides = new long[dim()];
            Native.sh_strides(this, strides, strides.Length);
            return strides;
        }

        public long stride(int dim)
        {
            var strides = stride();
            return strides[dim < 0 ? dim + strides.Length : dim];
        }

        public bool is_contiguous() => Native.sh_is_contiguous(this);

        public bool is_floating_point() => torch.is_floating_point(dtype);

        public bool is_integral() => torch.is_integral(dtype);
    }
}
