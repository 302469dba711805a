using FlGlm.Core.Configuration;
using static TorchSharp.torch;

namespace FlGlm.Core.Compute;

/// <summary>Threads, BLAS kernels and the C allocator, set before libtorch loads, because OpenBLAS reads its environment once.</summary>
public static class ComputeEnvironment
{
    private const string CoreVariable = "OPENBLAS_CORETYPE";

    /// <summary>Call before the first tensor. Threads and kernels are the process's, so the last call should be the only one.</summary>
    /// <returns>the device</returns>
    /// <exception cref="ConfigurationException">the device is not there</exception>
    public static Device Apply(ComputeSettings settings)
    {
        NativeEnvironment.KeepFreedMemory();
        NativeEnvironment.Set("OPENBLAS_NUM_THREADS", Show(settings.BlasThreads));
        NativeEnvironment.Set("OMP_NUM_THREADS", Show(Math.Max(settings.Threads, settings.BlasThreads)));
        NativeEnvironment.Set("OMP_WAIT_POLICY", "passive");
        if (settings.BlasCore == "auto" && Processor.Flags.Contains("avx512f"))
            NativeEnvironment.Set(CoreVariable, "SkylakeX");
        else if (settings.BlasCore is not ("auto" or "keep"))
            NativeEnvironment.Set(CoreVariable, settings.BlasCore);
        set_num_threads(settings.Threads);
        if (settings.Device != "cpu" && !cuda.is_available())
            throw new ConfigurationException("compute.device", $"'{settings.Device}' is not there: this libtorch sees no CUDA device; set cpu.");
        return device(settings.Device);
    }

    /// <summary>The settings in force, one line, for logs and benchmark reports.</summary>
    public static string Describe() =>
        $"torch threads {get_num_threads()}, OPENBLAS_NUM_THREADS={NativeEnvironment.Get("OPENBLAS_NUM_THREADS") ?? "unset"}, "
        + $"OPENBLAS_CORETYPE={NativeEnvironment.Get(CoreVariable) ?? "unset"}, OMP_NUM_THREADS={NativeEnvironment.Get("OMP_NUM_THREADS") ?? "unset"}, "
        + $"OMP_WAIT_POLICY={NativeEnvironment.Get("OMP_WAIT_POLICY") ?? "unset"}";

    private static string Show(int number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
