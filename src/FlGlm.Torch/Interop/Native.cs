using System.Reflection;
using System.Runtime.InteropServices;

namespace TorchSharp.Interop;

/// <summary>
/// The functions of libflglm_torch.so, in one file per source under src/native/torch. The library, and libtorch with it,
/// loads at the first call, so a program may set environment variables for either until then.
/// </summary>
internal static partial class Native
{
    private const string Library = "flglm_torch";

    /// <summary>The ABI these declarations describe (abi_version in library.cpp).</summary>
    private const int AbiVersion = 1;

    static Native() => NativeLibrary.SetDllImportResolver(typeof(Native).Assembly, Resolve);

    /// <summary>The thread's last native failure as the exception TorchSharp throws: one line.</summary>
    internal static ExternalException Failure()
    {
        var message = Marshal.PtrToStringUTF8(sh_last_error());
        return new ExternalException(string.IsNullOrEmpty(message) ? "libtorch failed without a message" : OneLine(message));
    }

    private static string OneLine(string message) =>
        string.Join(' ', message.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));

    private static unsafe nint Resolve(string name, Assembly assembly, DllImportSearchPath? paths)
    {
        if (name != Library) return 0;
        nint library;
        try
        {
            library = NativeLibrary.Load(name, assembly, paths);
        }
        catch (DllNotFoundException missing)
        {
            throw new DllNotFoundException(
                "lib" + Library + ".so or the libtorch it was built for cannot be loaded: run eng/setup.sh or set LIBTORCH, then build again. "
                + OneLine(missing.Message), missing);
        }

        var version = ((delegate* unmanaged<int>)NativeLibrary.GetExport(library, nameof(sh_version)))();
        if (version != AbiVersion)
            throw new DllNotFoundException($"lib{Library}.so has ABI version {version}, this program needs {AbiVersion}: build again.");
        return library;
    }
}
