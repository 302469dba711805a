
namespace TorchSharp;

public static partial class torch
{
    // Tensors of given elements, copied. The element type is that of the .NET values unless told otherwise.

    public static Tensor tensor(bool scalar, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        FromElements([scalar], [], dtype, device, requires_grad);

    public static Tensor tensor(
        bool[] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        Named(names, FromElements<bool>(rawArray, [rawArray.Length], dtype, device, requires_grad));

    public static Tensor tensor(
        bool[] rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = null, Device? device = null, bool requires_grad = false,
        string[]? names = null) => Named(names, FromElements<bool>(rawArray, dimensions, dtype, device, requires_grad));

    public static Tensor tensor(byte scalar, Device? device = null, bool requires_grad = false) =>
        FromElements([scalar], [], null, device, requires_grad);

    public static Tensor tensor(
        byte[] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        Named(names, FromElements<byte>(rawArray, [rawArray.Length], dtype, device, requires_grad));

    public static Tensor tensor(
        byte[] rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = null, Device? device = null, bool requires_grad = false,
        string[]? names = null) => Named(names, FromElements<byte>(rawArray, dimensions, dtype, device, requires_grad));

    public static Tensor tensor(short scalar, Device? device = null, bool requires_grad = false) =>
        FromElements([scalar], [], null, device, requires_grad);

    public static Tensor tensor(
        short[] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        Named(names, FromElements<short>(rawArray, [rawArray.Length], dtype, device, requires_grad));

    public static Tensor tensor(
        short[] rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = null, Device? device = null, bool requires_grad = false,
        string[]? names = null) => Named(names, FromElements<short>(rawArray, dimensions, dtype, device, requires_grad));

    public static Tensor tensor(int scalar, Device? device = null, bool requires_grad = false) =>
        FromElements([scalar], [], null, device, requires_grad);

    public static Tensor tensor(
        int[] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        Named(names, FromElements<int>(rawArray, [rawArray.Length], dtype, device, requires_grad));

    public static Tensor tensor(
        int[] rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = null, Device? device = null, bool requires_grad = false,
        string[]? names = null) => Named(names, FromElements<int>(rawArray, dimensions, dtype, device, requires_grad));

    public static Tensor tensor(long scalar, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        FromElements([scalar], [], dtype, device, requires_grad);

    public static Tensor tensor(
        long[] dataArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        Named(names, FromElements<long>(dataArray, [dataArray.Length], dtype, device, requires_grad));

    public static Tensor tensor(
        long[] dataArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = null, Device? device = null, bool requires_grad = false,
        string[]? names = null) => Named(names, FromElements<long>(dataArray, dimensions, dtype, device, requires_grad));

    public static Tensor tensor(float scalar, Device? device = null, bool requires_grad = false) =>
        FromElements([scalar], [], null, device, requires_grad);

    public static Tensor tensor(
        float[] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        Named(names, FromElements<float>(rawArray, [rawArray.Length], dtype, device, requires_grad));

    public static Tensor tensor(
        float[] rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = null, Device? device = null, bool requires_grad = false,
        string[]? names = null) => Named(names, FromElements<float>(rawArray, dimensions, dtype, device, requires_grad));

    public static Tensor tensor(double scalar, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        FromElements([scalar], [], dtype, device, requires_grad);

    public static Tensor tensor(
        double[] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        Named(names, FromElements<double>(rawArray, [rawArray.Length], dtype, device, requires_grad));

    public static Tensor tensor(
        double[] rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = null, Device? device = null, bool requires_grad = false,
        string[]? names = null) => Named(names, FromElements<double>(rawArray, dimensions, dtype, device, requires_grad));

    public static Tensor tensor(BFloat16 scalar, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        FromElements([scalar], [], dtype, device, requires_grad);

    public static Tensor tensor(
        BFloat16[] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        Named(names, FromElements<BFloat16>(rawArray, [rawArray.Length], dtype, device, requires_grad));

    public static Tensor tensor(
        BFloat16[] rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = null, Device? device = null, bool requires_grad = false,
        string[]? names = null) => Named(names, FromElements<BFloat16>(rawArray, dimensions, dtype, device, requires_grad));

    public static Tensor tensor(
        Half[] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        Named(names, FromElements<Half>(rawArray, [rawArray.Length], dtype, device, requires_grad));

    public static Tensor tensor(
        Half[] rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = null, Device? device = null, bool requires_grad = false,
        string[]? names = null) => Named(names, FromElements<Half>(rawArray, dimensions, dtype, device, requires_grad));

    public static Tensor tensor(sbyte scalar, Device? device = null, bool requires_grad = false) =>
        FromElements([scalar], [], null, device, requires_grad);

    public static Tensor tensor(
        sbyte[] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        Named(names, FromElements<sbyte>(rawArray, [rawArray.Length], dtype, device, requires_grad));

    public static Tensor tensor(
        sbyte[] rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = null, Device? device = null, bool requires_grad = false,
        string[]? names = null) => Named(names, FromElements<sbyte>(rawArray, dimensions, dtype, device, requires_grad));
}
