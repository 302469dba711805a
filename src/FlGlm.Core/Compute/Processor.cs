namespace FlGlm.Core.Compute;

/// <summary>What this machine's processor can do.</summary>
internal static class Processor
{
    /// <summary>What matters for tensors, from the fastest.</summary>
    private static readonly (string Flag, string Name)[] Extensions = [("amx_bf16", "AMX"), ("avx512_bf16", "AVX-512 with bfloat16"), ("avx512bw", "AVX-512"), ("avx2", "AVX2")];

    /// <summary>The number of cores, and the widest vectors.</summary>
    public static string Describe()
    {
        var widest = Extensions.FirstOrDefault(extension => Flags.Contains(extension.Flag)).Name ?? (Flags.Count == 0 ? "extensions unknown" : "no AVX2");
        return $"{Environment.ProcessorCount} cores, {widest}";
    }

    /// <summary>The names in /proc/cpuinfo; empty where there is no such list.</summary>
    public static IReadOnlySet<string> Flags { get; } = Line("flags") is { } flags ? new HashSet<string>(flags.Split(' ')) : [];

    /// <summary>Whether AMD made it, where /proc/cpuinfo says so.</summary>
    public static bool IsAmd { get; } = Line("vendor_id")?.EndsWith("AuthenticAMD", StringComparison.Ordinal) ?? false;

    private static string? Line(string name) =>
        File.Exists("/proc/cpuinfo") ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal)) : null;
}
