using TorchSharp.Interop;
using TorchSharp.Utils;

namespace TorchSharp;

public static partial class torch
{
    // The memory of a tensor, and its elements as .NET values.
    public partial class Tensor
    {
        /// <summary>
        /// The memory itself, little-endian; valid while this tensor lives. Contiguous tensors on the processor, under 2 GiB.
        /// </summary>
        /// <exception cref="InvalidOperationException">It lies elsewhere or is strided.</exception>
        public unsafe Span<byte> bytes
        {
            get
            {
                if (!is_cpu()) throw new InvalidOperationException("Only a tensor on the processor shows its bytes: call cpu() first.");
                if (!is_contiguous()) throw new InvalidOperationException("A strided tensor has no bytes in one piece: call contiguous() first.");
                return new Span<byte>((void*)Native.sh_data_ptr(this), checked((int)(numel() * element_size())));
            }

            set
            {
                var target = bytes;
                if (value.Length != target.Length)
                    throw new ArgumentException($"{value.Length} bytes do not fit a tensor of {target.Length}.", nameof(value));
                value.CopyTo(target);
            }
        }

        /// <summary>The elements as values of the type that fits the tensor's.</summary>
        /// <exception cref="ArgumentException">The type does not fit.</exception>
        public TensorAccessor<T> data<T>()
            where T : unmanaged => new(this);

        /// <summary>The only element.</summary>
        /// <exception cref="ArgumentException">The type does not fit, or there are more elements or none.</exception>
        public T item<T>()
            where T : unmanaged
        {
            if (numel() != 1) throw new ArgumentException($"A tensor of {numel()} elements is no single item.");
            ElementTypes.Check<T>(dtype);
            if (is_cpu()) return Read<T>();
            using var copy = cpu();
            return copy.Read<T>();
        }

        /// <summary>The only element as a number of any kind.</summary>
        public Scalar ToScalar()
        {
            Native.sh_item(this, out var value);
            return Scalar.Of(dtype, value);
        }

        private unsafe T Read<T>()
            where T : unmanaged
        {
            var value = *(T*)Native.sh_data_ptr(this);
            GC.KeepAlive(this);
            return value;
        }
    }
}
