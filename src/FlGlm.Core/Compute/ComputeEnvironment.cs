using System.Globalization;
using FlGlm.Core.Configuration;
using static TorchSharp.torch;

namespace FlGlm.Core.Compute;

/// <summary>Gets libtorch ready: which one, how many threads, which device.</summary>
public static class ComputeEnvironment
{
    /// <summary>Call before the first tensor. The threads are those of the calling thread; every compute lane has its own.</summary>
    /// <returns>the device</returns>
    /// <exception cref="ConfigurationException">the device is not there, or there is no libtorch, or what LIBTORCH or FLGLM_BLAS names cannot be used</exception>
    public static Device Apply(ComputeSettings settings)
    {
        Libtorch.LoadNamed();
        Libtorch.ExpectThere();
        set_num_threads(settings.Resolved().Threads!.Value);
        return Find(settings.Device, "compute.device");
    }

    /// <summary>The devices of a server's replicas; none where they are on the middle's own.</summary>
    /// <exception cref="ConfigurationException">One is not there.</exception>
    public static IReadOnlyList<Device> ReplicaDevices(ComputeSettings settings) => [.. settings.Devices.Select(name => Find(name, "compute.devices"))];

    /// <summary>The settings in force, one line, for logs and benchmark reports.</summary>
    public static string Describe() => $"libtorch {Libtorch.Describe()}, {get_num_threads()} threads";

    /// <summary>This machine's processor: cores and widest vectors.</summary>
    public static string DescribeProcessor() => Processor.Describe();

    /// <summary>What makes these settings slow on this processor, one line; null where nothing does.</summary>
    public static string? Warning(ComputeSettings settings) => BFloat16Check.Warning(settings);

    /// <summary>What would make these settings faster on this processor, one line; null where nothing is known to.</summary>
    public static string? Hint(ComputeSettings settings) => NamedBlas.Hint(settings);

    /// <summary>Reads the name before libtorch does: one for the processor alone fails on the word cuda.</summary>
    private static Device Find(string name, string key)
    {
        if (name == "cpu")
            return CPU;
        if (!cuda.is_available())
        {
            throw Missing(
                key, name, "this libtorch sees no NVIDIA GPU. Set cpu, or build with FlGlmTorch=cuda or name a libtorch for GPUs with LIBTORCH if there is one.");
        }

        var (count, index) = (cuda.device_count(), name == "cuda" ? 0 : int.Parse(name["cuda:".Length..], CultureInfo.InvariantCulture));
        return index < count ? device(name) : throw Missing(key, name, $"this machine has {count} GPUs, cuda:0 to cuda:{count - 1}.");
    }

    private static ConfigurationException Missing(string key, string name, string why) => new(key, $"'{name}' is not there: {why}");
}
