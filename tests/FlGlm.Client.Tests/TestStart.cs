using System.Runtime.CompilerServices;
using FlGlm.Testing;

namespace FlGlm.Client.Tests;

internal static class TestStart
{
    /// <summary>Before any test runs: LIBTORCH and the number of threads are the process's.</summary>
    [ModuleInitializer]
    internal static void SetThreads() => _ = TestDevice.Device;
}
