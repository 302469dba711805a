using System.Diagnostics;

namespace FlGlm.Benchmarks.Processes;

/// <summary>
/// A processor core for each side, as each has a machine of its own: where two processes share two cores freely, the kernel likes to wake
/// the receiver on the sender's. Linux with <c>taskset</c>; elsewhere nothing is pinned.
/// </summary>
internal sealed class Cores : IDisposable
{
    /// <summary>This process's, which holds the client and the centralised model.</summary>
    private const int Client = 0;
    private readonly string _before;

    private Cores(string before) => _before = before;

    /// <summary>The server's; null where it has none of its own.</summary>
    public static int? Server { get; } = Environment.ProcessorCount > 1 && OperatingSystem.IsLinux() && File.Exists("/usr/bin/taskset") ? 1 : null;

    /// <summary>Keeps all threads of this process, and those they start, on one core until it is disposed of.</summary>
    public static Cores PinClient()
    {
        var cores = new Cores($"0-{Environment.ProcessorCount - 1}");
        Pin($"{Client}");
        return cores;
    }

    /// <summary>What starts dotnet on a core.</summary>
    public static (string Program, string[] Arguments) Command(int core) => ("taskset", ["-c", $"{core}", "dotnet"]);

    public void Dispose() => Pin(_before);

    private static void Pin(string cores)
    {
        if (Server is null)
            return;
        using var taskset = Process.Start(new ProcessStartInfo("taskset", ["-a", "-c", "-p", cores, $"{Environment.ProcessId}"]) { RedirectStandardOutput = true })!;
        taskset.StandardOutput.ReadToEnd();
        taskset.WaitForExit();
    }
}
