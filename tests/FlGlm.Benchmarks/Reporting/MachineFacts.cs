using System.Diagnostics;
using System.Runtime.InteropServices;
using FlGlm.Core.Compute;

namespace FlGlm.Benchmarks.Reporting;

/// <summary>What a figure means nothing without.</summary>
internal static class MachineFacts
{
    /// <summary>The load averages of the last 1, 5 and 15 minutes.</summary>
    public static string Load() => string.Join(' ', First("/proc/loadavg", "").Split(' ').Take(3));

    /// <param name="loadBefore"><see cref="Load"/> before the first benchmark</param>
    public static IEnumerable<(string Name, string Value)> Collect(string loadBefore)
    {
        yield return ("date", DateTime.Now.ToString("yyyy-MM-dd HH:mm"));
        yield return ("commit", Commit());
        yield return ("machine", $"{Environment.MachineName}, {RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}");
        yield return ("processor", $"{Processor()}, {Environment.ProcessorCount} cores");
        yield return ("load average before and after", $"{loadBefore}; {Load()}");
        yield return ("settings of all FlGlm processes", ComputeEnvironment.Describe());
        yield return ("matrix products in float32", $"{MatrixProduct.MeasureGigaflops():F0} GFLOP/s");
    }

    private static string Processor() => First("/proc/cpuinfo", "model name").Split(':').Last().Trim();

    /// <summary>The first line of a file that begins so; "unknown" where there is none.</summary>
    private static string First(string path, string beginning) =>
        (File.Exists(path) ? File.ReadLines(path).FirstOrDefault(line => line.StartsWith(beginning, StringComparison.Ordinal)) : null) ?? "unknown";

    private static string Commit()
    {
        try
        {
            using var git = Process.Start(new ProcessStartInfo("git", ["describe", "--always", "--dirty", "--abbrev=12"])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                WorkingDirectory = AppContext.BaseDirectory,
            })!;
            var commit = git.StandardOutput.ReadToEnd().Trim();
            git.WaitForExit();
            return commit.Length > 0 ? commit : "unknown";
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return "unknown";
        }
    }
}
