using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace TorchSharp.Interop;

// Random number generators. A handle is an owned at::Generator*. See src/native/torch/generator.cpp.
internal static partial class Native
{
    [LibraryImport(Library)]
    internal static partial nint sh_generator_new(long seed, int deviceType, int deviceIndex);

    [LibraryImport(Library)]
    internal static partial nint sh_generator_default();

    [LibraryImport(Library)]
    internal static partial void sh_generator_free(nint handle);

    [LibraryImport(Library)]
    internal static partial Status sh_generator_manual_seed(Generator generator, long seed);

    [LibraryImport(Library)]
    internal static partial long sh_generator_seed(Generator generator);

    [LibraryImport(Library)]
    internal static partial long sh_generator_initial_seed(Generator generator);

    [LibraryImport(Library)]
    internal static partial Tensor sh_generator_get_state(Generator generator);

    [LibraryImport(Library)]
    internal static partial Status sh_generator_set_state(Generator generator, Tensor state);
}
