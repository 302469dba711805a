using System.Runtime.InteropServices.Marshalling;
using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>A stream of random numbers of its own.</summary>
    [NativeMarshalling(typeof(GeneratorMarshaller))]
    public class Generator : IDisposable
    {
        private nint _handle;

        public Generator(ulong seed = 0, Device? device = null)
            : this(Native.sh_generator_new(unchecked((long)seed), (int)(device ?? CPU).type, (device ?? CPU).index), device ?? CPU)
        {
        }

        private Generator(nint handle, Device device)
        {
            _handle = handle != 0 ? handle : throw Native.Failure();
            this.device = device;
        }

        ~Generator() => Dispose(false);

        /// <summary>The processor's generator that operations use when they are given none.</summary>
        public static Generator Default => new(Native.sh_generator_default(), CPU);

        public nint Handle => _handle != 0 ? _handle : throw new InvalidOperationException("The generator is disposed.");

        public Device device { get; }

        public Generator manual_seed(long seed)
        {
            Native.sh_generator_manual_seed(this, seed);
            return this;
        }

        /// <summary>Seeds it from the machine's entropy, and says with what.</summary>
        public long seed() => Native.sh_generator_seed(this);

        public long initial_seed() => Native.sh_generator_initial_seed(this);

        /// <summary>Everything needed to continue the stream, as bytes.</summary>
        public Tensor get_state() => Native.sh_generator_get_state(this);

        public void set_state(Tensor value) => Native.sh_generator_set_state(this, value);

        public void Dispose()
        {
            Dispose(true);
            GC.SuppressFinalize(this);
        }

        protected virtual void Dispose(bool disposing)
        {
            var handle = Interlocked.Exchange(ref _handle, 0);
            if (handle != 0) Native.sh_generator_free(handle);
        }
    }
}
