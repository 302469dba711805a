using FlGlm.Core.Compute;
using FlGlm.Core.Configuration;
using static TorchSharp.torch;

namespace FlGlm.Testing;

/// <summary>Where the tests compute: FLGLM_TEST_DEVICE, else the CPU with one thread, whose results do not depend on the machine's load.</summary>
public static class TestDevice
{
    private static readonly Lazy<Device> Applied = new(Apply);

    public static string Name { get; } = Environment.GetEnvironmentVariable("FLGLM_TEST_DEVICE") is { Length: > 0 } named ? named : "cpu";

    public static bool IsCpu => Name == "cpu";

    /// <summary>The device; threads are set by the first call, which must come before the first tensor.</summary>
    public static Device Device => Applied.Value;

    private static Device Apply() => ComputeEnvironment.Apply(new ComputeSettings { Device = Name, Threads = 1 });
}
