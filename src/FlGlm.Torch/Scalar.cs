using System.Runtime.InteropServices.Marshalling;
using TorchSharp.Interop;
using static TorchSharp.torch;

namespace TorchSharp;

/// <summary>A number of any kind, as operations on tensors take it.</summary>
[NativeMarshalling(typeof(ScalarMarshaller))]
public sealed class Scalar
{
    private Scalar(ScalarType type, NativeScalar value)
    {
        Type = type;
        Value = value;
    }

    public ScalarType Type { get; }

    internal NativeScalar Value { get; }

    public static implicit operator Scalar(byte value) => Whole(ScalarType.Byte, value);

    public static implicit operator Scalar(sbyte value) => Whole(ScalarType.Int8, value);

    public static implicit operator Scalar(short value) => Whole(ScalarType.Int16, value);

    public static implicit operator Scalar(int value) => Whole(ScalarType.Int32, value);

    public static implicit operator Scalar(long value) => Whole(ScalarType.Int64, value);

    public static implicit operator Scalar(Half value) => Real(ScalarType.Float16, (double)value);

    public static implicit operator Scalar(BFloat16 value) => Real(ScalarType.BFloat16, value.ToSingle());

    public static implicit operator Scalar(float value) => Real(ScalarType.Float32, value);

    public static implicit operator Scalar(double value) => Real(ScalarType.Float64, value);

    public static implicit operator Scalar(bool value) =>
        new(ScalarType.Bool, new NativeScalar(0, value ? 1 : 0, NativeScalarKind.Boolean));

    /// <summary>A number read from a tensor of that type.</summary>
    internal static Scalar Of(ScalarType type, NativeScalar value) => new(type, value);

    private static Scalar Whole(ScalarType type, long value) => new(type, new NativeScalar(0, value, NativeScalarKind.Integer));

    private static Scalar Real(ScalarType type, double value) => new(type, new NativeScalar(value, 0, NativeScalarKind.Real));
}
