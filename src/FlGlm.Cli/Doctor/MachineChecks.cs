using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using FlGlm.Cli.Hosting;
using FlGlm.Cli.Views;
using FlGlm.Core.Compute;
using FlGlm.Core.Configuration;
using static TorchSharp.torch;

namespace FlGlm.Cli.Doctor;

/// <summary>Looks at the machine: runtime, libtorch, device, processor, clock, disk.</summary>
internal static class MachineChecks
{
    /// <summary>Bytes that a run directory needs beside checkpoints: logs, metrics, the adapter.</summary>
    private const long SmallestFree = 256L << 20;

    /// <param name="needed">bytes that the run will write; null = unknown</param>
    public static IEnumerable<Finding> Run(FlGlmConfig config, long? needed)
    {
        yield return new Finding("runtime", $"{RuntimeInformation.FrameworkDescription}, {RuntimeInformation.OSDescription}, {RuntimeInformation.ProcessArchitecture}; flglm {ProgramVersion.Current}");
        var libtorch = Finding.Of("libtorch", () =>
        {
            ComputeEnvironment.Apply(new ComputeSettings());
            return ComputeEnvironment.Describe();
        });
        yield return libtorch;
        if (!libtorch.IsProblem)
            yield return Finding.Of("device", () => Device(config.Compute));
        yield return ComputeEnvironment.Warning(config.Compute) is { } slow ? Finding.Warning("processor", slow)
            : new Finding("processor", string.Join("; ", new[] { ComputeEnvironment.DescribeProcessor(), ComputeEnvironment.Hint(config.Compute) }.OfType<string>()));
        yield return Clock(DateTimeOffset.UtcNow, File.GetLastWriteTimeUtc(Assembly.GetExecutingAssembly().Location));
        yield return Finding.Of("disk", () => Disk(config.Run.Directory, needed));
    }

    /// <summary>A clock cannot be earlier than the program that reads it was built.</summary>
    public static Finding Clock(DateTimeOffset now, DateTimeOffset built)
    {
        var shown = now.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);
        return now < built - TimeSpan.FromHours(1)
            ? new Finding("clock", $"it is {shown}, before this program was built: the clock is wrong. Set it (timedatectl set-ntp true).", ExitCode.Configuration)
            : new Finding("clock", shown);
    }

    /// <summary>Whether the space is enough.</summary>
    /// <param name="needed">bytes that the run will write; null = unknown</param>
    /// <exception cref="ConfigurationException">It is not.</exception>
    public static string Space(string folder, long free, long? needed)
    {
        var due = (needed ?? 0) + SmallestFree;
        return free >= due
            ? $"{ByteSize.Of(free)} free in '{folder}'{(needed is null ? "" : $", up to {ByteSize.Of(needed.Value)} of checkpoints")}"
            : throw new ConfigurationException(
                "run.directory", $"'{folder}' has {ByteSize.Of(free)} free, and a run needs about {ByteSize.Of(due)} there; free some, name another directory, or keep fewer checkpoints (checkpoint.keep).");
    }

    /// <summary>Free space where the run directory is, or will be.</summary>
    private static string Disk(string directory, long? needed)
    {
        var folder = Path.GetFullPath(directory.Length > 0 ? directory : ".");
        while (!Directory.Exists(folder))
            folder = Path.GetDirectoryName(folder)!;
        ExpectWritable(folder);
        return Space(folder, new DriveInfo(folder).AvailableFreeSpace, needed);
    }

    /// <exception cref="ConfigurationException">No file can be made there.</exception>
    private static void ExpectWritable(string folder)
    {
        var probe = Path.Combine(folder, $".flglm-{Guid.NewGuid():N}");
        try
        {
            File.WriteAllText(probe, "");
            File.Delete(probe);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException("run.directory", $"nothing can be written to '{folder}': {e.Message}");
        }
    }

    private static string Device(ComputeSettings settings)
    {
        var device = ComputeEnvironment.Apply(settings);
        _ = ComputeEnvironment.ReplicaDevices(settings);
        var gpus = cuda.is_available() ? cuda.device_count() : 0;
        return $"{device}; {(gpus == 0 ? "no NVIDIA GPU" : $"{gpus} NVIDIA GPU{(gpus == 1 ? "" : "s")}")}";
    }
}
