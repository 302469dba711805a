using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace TorchSharp.Interop;

// Products of matrices and vectors. See src/native/torch/linalg.cpp.
internal static partial class Native
{
    [LibraryImport(Library)]
    internal static partial Tensor sh_matmul(Tensor self, Tensor other);

    [LibraryImport(Library)]
    internal static partial Tensor sh_mm(Tensor self, Tensor other);

    [LibraryImport(Library)]
    internal static partial Tensor sh_mv(Tensor self, Tensor other);

    [LibraryImport(Library)]
    internal static partial Tensor sh_bmm(Tensor self, Tensor other);

    [LibraryImport(Library)]
    internal static partial Tensor sh_dot(Tensor self, Tensor other);

    [LibraryImport(Library)]
    internal static partial Tensor sh_outer(Tensor self, Tensor other);

    [LibraryImport(Library)]
    internal static partial Tensor sh_addmm(Tensor self, Tensor first, Tensor second, double beta, double alpha);

    [LibraryImport(Library)]
    internal static partial Tensor sh_baddbmm(Tensor self, Tensor first, Tensor second, double beta, double alpha);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial Tensor sh_einsum(string equation, ReadOnlySpan<nint> operands, int count);
}
