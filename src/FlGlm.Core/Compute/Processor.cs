namespace FlGlm.Core.Compute;

/// <summary>What this machine's processor can do.</summary>
internal static class Processor
{
    /// <summary>The names in /proc/cpuinfo; empty where there is no such list.</summary>
    public static IReadOnlySet<string> Flags { get; } = Read();

    private static HashSet<string> Read() =>
        File.Exists("/proc/cpuinfo") && File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("flags", StringComparison.Ordinal)) is { } flags
            ? [.. flags.Split(' ')]
            : [];
}
