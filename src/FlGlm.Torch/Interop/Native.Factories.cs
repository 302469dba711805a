using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace TorchSharp.Interop;

// Tensors out of nothing: constants, ranges, random numbers. See src/native/torch/factories.cpp.
internal static partial class Native
{
    [LibraryImport(Library)]
    internal static partial Tensor sh_empty(ReadOnlySpan<long> sizes, int count, TensorOptions wanted);

    [LibraryImport(Library)]
    internal static partial Tensor sh_zeros(ReadOnlySpan<long> sizes, int count, TensorOptions wanted);

    [LibraryImport(Library)]
    internal static partial Tensor sh_ones(ReadOnlySpan<long> sizes, int count, TensorOptions wanted);

    [LibraryImport(Library)]
    internal static partial Tensor sh_full(ReadOnlySpan<long> sizes, int count, Scalar value, TensorOptions wanted);

    [LibraryImport(Library)]
    internal static partial Tensor sh_eye(long rows, long columns, TensorOptions wanted);

    [LibraryImport(Library)]
    internal static partial Tensor sh_arange(Scalar start, Scalar stop, Scalar step, TensorOptions wanted);

    [LibraryImport(Library)]
    internal static partial Tensor sh_linspace(double start, double end, long steps, TensorOptions wanted);

    [LibraryImport(Library)]
    internal static partial Tensor sh_rand(ReadOnlySpan<long> sizes, int count, Generator? generator, TensorOptions wanted);

    [LibraryImport(Library)]
    internal static partial Tensor sh_randn(ReadOnlySpan<long> sizes, int count, Generator? generator, TensorOptions wanted);

    [LibraryImport(Library)]
    internal static partial Tensor sh_randint(
        long low, long high, ReadOnlySpan<long> sizes, int count, Generator? generator, TensorOptions wanted);

    [LibraryImport(Library)]
    internal static partial Tensor sh_randperm(long n, Generator? generator, TensorOptions wanted);

    [LibraryImport(Library)]
    internal static partial Status sh_uniform_(Tensor self, double from, double to, Generator? generator);

    [LibraryImport(Library)]
    internal static partial Status sh_normal_(Tensor self, double mean, double std, Generator? generator);

    [LibraryImport(Library)]
    internal static partial Status sh_bernoulli_(Tensor self, double p, Generator? generator);

    [LibraryImport(Library)]
    internal static partial Tensor sh_bernoulli(Tensor self, Generator? generator);

    [LibraryImport(Library)]
    internal static partial Tensor sh_multinomial(Tensor self, long samples, Flag replacement, Generator? generator);
}
