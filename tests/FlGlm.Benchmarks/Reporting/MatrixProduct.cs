using System.Diagnostics;
using static TorchSharp.torch;

namespace FlGlm.Benchmarks.Reporting;

/// <summary>How fast this machine's libtorch multiplies.</summary>
internal static class MatrixProduct
{
    private const int Size = 512;

    /// <summary>Times a product of 512 x 512 in float32: the best of five.</summary>
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
            using var product = mm(a, a);
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        return 2.0 * Size * Size * Size / best / 1e9;
    }
}
