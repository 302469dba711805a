using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace FlGlm.Torch.Tests;

/// <summary>One BLAS thread, named before libtorch loads: results and times do not depend on the machine's load.</summary>
internal static class TestProcess
{
    [ModuleInitializer]
    internal static void Prepare() => _ = setenv("OPENBLAS_NUM_THREADS", "1", 1);

    [DllImport("libc")]
    private static extern int setenv(string name, string value, int overwrite);
}
