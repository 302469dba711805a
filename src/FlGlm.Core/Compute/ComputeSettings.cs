using FlGlm.Core.Configuration;
using FlGlm.Core.Planning;

namespace FlGlm.Core.Compute;

/// <summary>Where and how tensors are computed. Threads and BLAS are set before libtorch loads.</summary>
public sealed record ComputeSettings : IValidated
{
    /// <summary><c>cpu</c>, <c>cuda</c> or <c>cuda:N</c>.</summary>
    public string Device { get; init; } = "cpu";

    /// <summary>Of base weights, hidden states and their gradients; adapters train in float32.</summary>
    public ElementPrecision Dtype { get; init; } = ElementPrecision.Float32;

    /// <summary>libtorch's own threads. 1: measured best beside a BLAS with threads of its own.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>BLAS threads. 1 is safe beside other processes; a lone process may take the number of cores.</summary>
    public int BlasThreads { get; init; } = 1;

    /// <summary>
    /// OpenBLAS kernel: <c>auto</c> takes SkylakeX where the processor has AVX-512 (OpenBLAS does not know newer AMD processors by
    /// name), <c>keep</c> leaves the environment alone, anything else is a name that OpenBLAS knows.
    /// </summary>
    public string BlasCore { get; init; } = "auto";

    public IEnumerable<Problem> Validate()
    {
        var number = Device.StartsWith("cuda:", StringComparison.Ordinal) ? Device[5..] : "0";
        if (Device is not ("cpu" or "cuda") && !(Device.StartsWith("cuda:", StringComparison.Ordinal) && ushort.TryParse(number, out _)))
            yield return new Problem("device", $"'{Device}' is no device; cpu, cuda or cuda:0.");
        if (Threads < 1)
            yield return new Problem("threads", $"{Threads} threads compute nothing; 1 or more.");
        if (BlasThreads < 1)
            yield return new Problem("blas_threads", $"{BlasThreads} threads compute nothing; 1 or more.");
        if (BlasCore.Length == 0)
            yield return new Problem("blas_core", "is empty; auto, keep, or a kernel's name such as Haswell.");
    }
}
