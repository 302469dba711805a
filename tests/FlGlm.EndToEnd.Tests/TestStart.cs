using System.Runtime.CompilerServices;
using FlGlm.Testing;

namespace FlGlm.EndToEnd.Tests;

internal static class TestStart
{
    /// <summary>Threads and BLAS kernels are read when libtorch loads, so they are set before any test runs.</summary>
    [ModuleInitializer]
    internal static void SetThreads() => _ = TestDevice.Device;
}
