using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    // Ranges, the identity, and random integers.

    public static Tensor arange(
        Scalar start, Scalar stop, Scalar step, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Native.sh_arange(start, stop, step, new TensorOptions(dtype, device, requires_grad));

    public static Tensor arange(Scalar start, Scalar stop, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        arange(start, stop, 1, dtype, device, requires_grad);

    public static Tensor arange(Scalar stop, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        arange(0, stop, 1, dtype, device, requires_grad);

    public static Tensor linspace(
        double start, double end, long steps, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Native.sh_linspace(start, end, steps, new TensorOptions(dtype, device, requires_grad));

    public static Tensor eye(
        long rows, long columns = -1, ScalarType? dtype = null, Device? device = null, bool requires_grad = false,
        string[]? names = null) =>
        Named(names, Native.sh_eye(rows, columns < 0 ? rows : columns, new TensorOptions(dtype, device, requires_grad)));

    public static Tensor randint(
        long low, long high, long[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false,
        Generator? generator = null, string[]? names = null) =>
        Named(names, Native.sh_randint(low, high, size, size.Length, generator, new TensorOptions(dtype ?? int64, device, requires_grad)));

    public static Tensor randint(
        long high, long[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null,
        string[]? names = null) => randint(0, high, size, dtype, device, requires_grad, generator, names);

    public static Tensor randperm(
        long n, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null) =>
        Native.sh_randperm(n, generator, new TensorOptions(dtype ?? int64, device, requires_grad));

    /// <summary>Names of dimensions are not supported here.</summary>
    private static Tensor Named(string[]? names, Tensor made) =>
        names is null or [] ? made : throw new NotSupportedException("This binding has no named dimensions.");
}
