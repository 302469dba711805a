using System.Globalization;
using System.Net;
using System.Net.Sockets;
using FlGlm.Testing;

namespace FlGlm.EndToEnd.Tests.Processes;

/// <summary>Servers as processes that <c>mpirun</c> starts on this machine.</summary>
internal static class MpiJob
{
    public const string Needs = "runs in ./test.sh --all, where there is an mpirun of Open MPI (package openmpi-bin)";

    public static bool IsHere => TestScope.IsAll && OperatingSystem.IsLinux() && Paths.Any(folder => File.Exists(Path.Combine(folder, "mpirun")));

    private static string[] Paths => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);

    /// <param name="processes">how many</param>
    /// <param name="args">of every <c>flglm</c></param>
    public static FlGlmProcess Start(int processes, IEnumerable<string> args) => FlGlmProcess.StartAny(
        "mpirun",
        ["-np", processes.ToString(CultureInfo.InvariantCulture), "--oversubscribe", "--bind-to", "none", "dotnet", FlGlmProcess.PathOf("flglm"), .. args],
        ("OMPI_ALLOW_RUN_AS_ROOT", "1"),
        ("OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1"),
        ("OMPI_MCA_btl_base_warn_component_unused", "0"),
        ("OMP_NUM_THREADS", "1"));

    /// <summary>The process of a rank whose command line has a text.</summary>
    public static int ProcessOf(int rank, string text) => Directory.EnumerateDirectories("/proc")
        .Select(folder => (Id: int.TryParse(Path.GetFileName(folder), out var id) ? id : 0, Folder: folder))
        .Single(process => process.Id > 0 && Has(process.Folder, "cmdline", text) && Has(process.Folder, "environ", $"OMPI_COMM_WORLD_RANK={rank}")).Id;

    /// <summary>A port that nobody listens on, and neither on the next.</summary>
    public static int FreePorts()
    {
        while (true)
        {
            var port = LoopbackPort.Free();
            if (port < ushort.MaxValue && IsFree(port + 1))
                return port;
        }
    }

    private static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static bool Has(string process, string file, string text)
    {
        try
        {
            return File.ReadAllText(Path.Combine(process, file)).Contains(text + '\0', StringComparison.Ordinal);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false; // it has ended
        }
    }
}
