using System.Runtime.InteropServices;

namespace TorchSharp.Interop;

// Versions, errors, threads, modes and devices: what concerns the library as a whole. See src/native/torch/library.cpp.
internal static partial class Native
{
    [LibraryImport(Library)]
    internal static partial int sh_version();

    [LibraryImport(Library)]
    internal static partial nint sh_torch_version();

    [LibraryImport(Library)]
    internal static partial nint sh_last_error();

    [LibraryImport(Library)]
    internal static partial int sh_get_num_threads();

    [LibraryImport(Library)]
    internal static partial Status sh_set_num_threads(int count);

    [LibraryImport(Library)]
    internal static partial int sh_get_num_interop_threads();

    [LibraryImport(Library)]
    internal static partial Status sh_set_num_interop_threads(int count);

    [LibraryImport(Library)]
    internal static partial Flag sh_is_grad_enabled();

    [LibraryImport(Library)]
    internal static partial void sh_set_grad_enabled(Flag enabled);

    [LibraryImport(Library)]
    internal static partial Flag sh_is_inference_mode_enabled();

    [LibraryImport(Library)]
    internal static partial nint sh_inference_mode_enter(Flag enabled);

    [LibraryImport(Library)]
    internal static partial void sh_inference_mode_leave(nint mode);

    [LibraryImport(Library)]
    internal static partial int sh_get_default_dtype();

    [LibraryImport(Library)]
    internal static partial Status sh_set_default_dtype(int dtype);

    [LibraryImport(Library)]
    internal static partial Flag sh_cuda_is_available();

    [LibraryImport(Library)]
    internal static partial long sh_cuda_device_count();

    [LibraryImport(Library)]
    internal static partial Status sh_cuda_synchronize(long index);

    [LibraryImport(Library)]
    internal static partial Status sh_manual_seed(long seed);

    [LibraryImport(Library)]
    internal static partial Status sh_cuda_manual_seed(long seed, Flag all);
}
