using System.Runtime.CompilerServices;

namespace FlGlm.Testing;

/// <summary>Compiled into every project of tests: a module's initializer runs in its own assembly alone.</summary>
internal static class TestStart
{
    /// <summary>Before any test runs: LIBTORCH, FLGLM_BLAS and the number of threads are the process's.</summary>
    [ModuleInitializer]
    internal static void SetThreads() => _ = TestDevice.Device;
}
