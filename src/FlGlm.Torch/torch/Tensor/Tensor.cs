using System.Runtime.CompilerServices;
using System.Runtime.InteropServices.Marshalling;
using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>
    /// A tensor of libtorch. It joins the innermost dispose scope of the thread that makes it; without one, dispose it,
    /// or leave it to the garbage collector. A failed operation throws
    /// <see cref="System.Runtime.InteropServices.ExternalException"/> with libtorch's message on one line.
    /// </summary>
    [NativeMarshalling(typeof(TensorMarshaller))]
    public partial class Tensor : IDisposable
    {
        private static long Live;

        private readonly long _bytes;
        private nint _handle;

        internal Tensor(nint handle)
            : this(handle, DisposeScope.Current)
        {
        }

        private protected Tensor(nint handle, DisposeScope? scope)
        {
            _handle = handle;
            Interlocked.Increment(ref Live);
            _bytes = Native.sh_owned_bytes(this);
            TensorMemory.Add(_bytes);
            OwningDisposeScope = scope;
            scope?.Add(this);
        }

        ~Tensor() => Dispose(false);

        /// <summary>How many tensors this process holds.</summary>
        public static long TotalCount => Interlocked.Read(ref Live);

        /// <summary>Whether it is disposed, or its content has moved into a parameter.</summary>
        public bool IsInvalid => _handle == 0;

        public nint Handle => _handle != 0 ? _handle : throw new InvalidOperationException("The tensor is disposed or moved into a parameter.");

        internal DisposeScope? OwningDisposeScope { get; set; }

        public void Dispose()
        {
            Dispose(true);
            GC.SuppressFinalize(this);
        }

        protected virtual void Dispose(bool disposing)
        {
            if (disposing) OwningDisposeScope?.MarkAsDisposed(this);
            var handle = DecoupleFromNativeHandle();
            if (handle != 0) Native.sh_free(handle);
        }

        /// <summary>Gives the handle away; this tensor is invalid from then on.</summary>
        public nint DecoupleFromNativeHandle()
        {
            var handle = Interlocked.Exchange(ref _handle, 0);
            if (handle == 0) return 0;
            Interlocked.Decrement(ref Live);
            TensorMemory.Remove(_bytes);
            return handle;
        }

        public Tensor MoveToOuterDisposeScope()
        {
            OwningDisposeScope?.MoveToOuter(this);
            return this;
        }

        public Tensor DetachFromDisposeScope()
        {
            OwningDisposeScope?.Detach(this);
            return this;
        }

        public Tensor MoveToOtherDisposeScope(Tensor other) => MoveToOtherDisposeScope(other.OwningDisposeScope);

        public Tensor MoveToOtherDisposeScope(DisposeScope? other)
        {
            if (OwningDisposeScope is { } owner) owner.MoveToOther(other, this);
            else other?.Attach(this);
            return this;
        }

        /// <summary>Whether the shapes and every element are equal (not <c>==</c>, which compares element by element).</summary>
        public bool Equals(Tensor? target) => target is not null && Native.sh_equal(this, target) switch
        {
            < 0 => throw Native.Failure(),
            var answer => answer == 1,
        };

        public override bool Equals(object? obj) => Equals(obj as Tensor);

        public override int GetHashCode() => RuntimeHelpers.GetHashCode(this);
    }
}
