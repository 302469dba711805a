using System.Diagnostics;
using System.Globalization;

namespace FlGlm.Benchmarks.Processes;

/// <summary>
/// A processor core for each side, as each has a machine of its own: where two processes share two cores freely, the kernel likes to wake
/// the receiver on the sender's. Linux with <c>taskset</c>; elsewhere nothing is pinned.
/// </summary>
internal sealed class Cores : IDisposable
{
    private static readonly bool Pins = Environment.ProcessorCount > 1 && OperatingSystem.IsLinux() && File.Exists("/usr/bin/taskset");
    private readonly string _all = $"0-{Environment.ProcessorCount - 1}";
    private readonly List<(int Id, bool IsThread)> _atServer = [];
    private int _client;

    /// <summary>Keeps all threads of this process, and those they start, on the client's core until this is disposed of.</summary>
    public Cores() => Pin(Environment.ProcessId, $"{_client}");

    /// <summary>The kernel's number of the calling thread; 0 where it has none.</summary>
    public static int CurrentThread() => OperatingSystem.IsLinux() && new FileInfo("/proc/thread-self").LinkTarget is { } task
        ? int.Parse(Path.GetFileName(task), CultureInfo.InvariantCulture)
        : 0;

    /// <summary>Keeps a server, and what it starts, on the server's core.</summary>
    public void AddServer(FlGlmProcess server) => AddToServer(server.Id, isThread: false);

    /// <summary>Keeps a thread of this process that stands for a server on the server's core.</summary>
    /// <param name="thread">the kernel's number</param>
    public void AddServerThread(int thread) => AddToServer(thread, isThread: true);

    /// <summary>Each side goes on on the other's core: two cores of one machine are not always equally fast.</summary>
    public void Exchange()
    {
        _client = 1 - _client;
        Pin(Environment.ProcessId, $"{_client}");
        foreach (var (id, isThread) in _atServer)
            PinToServer(id, isThread);
    }

    public void Dispose() => Pin(Environment.ProcessId, _all);

    private void AddToServer(int id, bool isThread)
    {
        _atServer.Add((id, isThread));
        PinToServer(id, isThread);
    }

    private void PinToServer(int id, bool isThread) => Pin(id, $"{1 - _client}", isThread);

    private static void Pin(int id, string cores, bool isThread = false)
    {
        if (!Pins)
            return;
        string[] whole = isThread ? [] : ["-a"];
        using var taskset = Process.Start(new ProcessStartInfo("taskset", [.. whole, "-c", "-p", cores, $"{id}"]) { RedirectStandardOutput = true })!;
        taskset.StandardOutput.ReadToEnd();
        taskset.WaitForExit();
    }
}
