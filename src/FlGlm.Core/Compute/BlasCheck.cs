using System.Diagnostics;
using static TorchSharp.torch;

namespace FlGlm.Core.Compute;

/// <summary>Finds a slow BLAS at start: the reference BLAS is about 25 times slower than OpenBLAS.</summary>
public static class BlasCheck
{
    private const int Size = 256;

    /// <summary>Reference BLAS reaches about 7 on one core, OpenBLAS 80 and more.</summary>
    private const double SlowGigaflops = 20;

    /// <summary>Times a matrix product of 256 x 256 in float32: the best of five, about 10 ms in all.</summary>
    /// <returns>10^9 operations a second</returns>
    public static double MeasureGigaflops()
    {
        using var scope = NewDisposeScope();
        using var grad = no_grad();
        var a = ones(Size, Size, dtype: float32);
        var best = double.MaxValue;
        for (var round = 0; round < 5; round++)
        {
            var start = Stopwatch.GetTimestamp();
            using var product = matmul(a, a);
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        return 2.0 * Size * Size * Size / best / 1e9;
    }

    /// <returns>one line to warn with; null where the BLAS is fast enough</returns>
    public static string? Warning()
    {
        var speed = MeasureGigaflops();
        return speed >= SlowGigaflops
            ? null
            : $"libtorch's matrix products reach only {speed:F1} GFLOP/s: it runs on a slow BLAS. Install libopenblas0-pthread (Debian, Ubuntu) or name another libtorch with LIBTORCH.";
    }
}
