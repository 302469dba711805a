using System.Diagnostics;

namespace FlGlm.Benchmarks.Processes;

/// <summary>
/// A processor core for each side, as each has a machine of its own: where two processes share two cores freely, the kernel likes to wake
/// the receiver on the sender's. Linux with <c>taskset</c>; elsewhere nothing is pinned.
/// </summary>
internal sealed class Cores : IDisposable
{
    private static readonly bool Pins = Environment.ProcessorCount > 1 && OperatingSystem.IsLinux() && File.Exists("/usr/bin/taskset");
    private readonly string _all = $"0-{Environment.ProcessorCount - 1}";
    private int _client;

    /// <summary>Keeps all threads of this process, and those they start, on the client's core until this is disposed of.</summary>
    public Cores() => Pin(Environment.ProcessId, $"{_client}");

    private int Server => 1 - _client;

    /// <summary>Keeps a server, and what it starts, on its own core.</summary>
    public void PinServer(FlGlmProcess server) => Pin(server.Id, $"{Server}");

    /// <summary>Each side goes on on the other's core: two cores of one machine are not always equally fast.</summary>
    public void Swap(FlGlmProcess server)
    {
        _client = Server;
        Pin(Environment.ProcessId, $"{_client}");
        PinServer(server);
    }

    public void Dispose() => Pin(Environment.ProcessId, _all);

    private static void Pin(int process, string cores)
    {
        if (!Pins)
            return;
        using var taskset = Process.Start(new ProcessStartInfo("taskset", ["-a", "-c", "-p", cores, $"{process}"]) { RedirectStandardOutput = true })!;
        taskset.StandardOutput.ReadToEnd();
        taskset.WaitForExit();
    }
}
