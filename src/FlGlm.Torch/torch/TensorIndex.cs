using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>One index of <c>tensor[...]</c>: a position, a slice, an ellipsis, a new dimension, a boolean or a tensor.</summary>
    public readonly struct TensorIndex
    {
        /// <summary>As many whole dimensions as are left.</summary>
        public static readonly TensorIndex Ellipsis = new(NativeIndexKind.Ellipsis);

        /// <summary>A new dimension of size one.</summary>
        public static readonly TensorIndex Null = new(NativeIndexKind.Null);

        public static readonly TensorIndex None = Null;

        /// <summary>One whole dimension.</summary>
        public static readonly TensorIndex Colon = Slice();

        private readonly NativeIndexKind _kind;
        private readonly long? _start;
        private readonly long? _stop;
        private readonly long? _step;

        private TensorIndex(NativeIndexKind kind, long? start = null, long? stop = null, long? step = null, Tensor? indices = null)
        {
            _kind = kind;
            _start = start;
            _stop = stop;
            _step = step;
            Indices = indices;
        }

        internal Tensor? Indices { get; }

        public static implicit operator TensorIndex(long value) => Single(value);

        public static implicit operator TensorIndex(Range range) => Slice(range);

        public static implicit operator TensorIndex(Index index) => Single(FromStart(index));

        /// <summary>From start up to stop, which is left out; negative numbers count from the end.</summary>
        public static TensorIndex Slice(long? start = null, long? stop = null, long? step = null) =>
            new(NativeIndexKind.Slice, start, stop, step);

        public static TensorIndex Slice(Range range) =>
            Slice(FromStart(range.Start), range.End is { IsFromEnd: true, Value: 0 } ? null : FromStart(range.End));

        public static TensorIndex Bool(bool value) => new(NativeIndexKind.Bool, value ? 1 : 0);

        public static TensorIndex Single(long? index) => index is null ? Null : new TensorIndex(NativeIndexKind.Single, index);

        public static TensorIndex Tensor(Tensor tensor) => new(NativeIndexKind.Tensor, indices: tensor);

        internal NativeIndex ToNative() => new(
            _kind, (_start.HasValue ? 1 : 0) | (_stop.HasValue ? 2 : 0) | (_step.HasValue ? 4 : 0),
            _start ?? 0, _stop ?? 0, _step ?? 0, Indices is null ? 0 : Indices.Handle);

        private static long FromStart(Index index) => index.IsFromEnd ? -index.Value : index.Value;
    }
}
