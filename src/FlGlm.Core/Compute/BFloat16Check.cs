using FlGlm.Core.Configuration;

namespace FlGlm.Core.Compute;

/// <summary>Finds a processor on which bfloat16 is a trap: without AVX-512 oneDNN's matrix products are about 200 times slower.</summary>
internal static class BFloat16Check
{
    private static readonly string[] Needed = ["avx512bw", "avx512vl", "avx512dq"];

    /// <returns>one line to warn with; null where nothing speaks against these settings</returns>
    public static string? Warning(ComputeSettings settings) => Warning(settings, Processor.Flags);

    /// <param name="flags">the processor's; an empty list says nothing</param>
    internal static string? Warning(ComputeSettings settings, IReadOnlySet<string> flags)
    {
        var missing = Needed.Where(flag => !flags.Contains(flag)).ToList();
        return settings is { Device: "cpu", Dtype: ElementPrecision.BFloat16 } && flags.Count > 0 && missing.Count > 0
            ? $"bfloat16 may be about 200 times slower than float32 on this processor, which lacks {string.Join(", ", missing)}; compute.dtype: float32 is the cure."
            : null;
    }
}
