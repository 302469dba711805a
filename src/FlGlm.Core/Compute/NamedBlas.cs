using System.Runtime.InteropServices;
using FlGlm.Core.Configuration;

namespace FlGlm.Core.Compute;

/// <summary>
/// Another library of matrix products than libtorch's own (MKL): <c>FLGLM_BLAS=FILE</c>. MKL has no AVX-512 kernels for AMD's processors, and OpenBLAS
/// takes half its time there. libtorch asks the loader for BLAS functions by name; what was loaded before it, for all, answers first.
/// </summary>
internal static class NamedBlas
{
    /// <summary>H from which on products take most of a step.</summary>
    public const int WorthIt = 512;

    private const string Variable = "FLGLM_BLAS";
    private const string Package = "libopenblas0-openmp";

    /// <summary>What <c>openblas_get_parallel</c> says of a build with threads of its own, which neither follow nor know libtorch's.</summary>
    private const int OwnThreads = 1;

    private static readonly Lock Loading = new();
    private static nint _library;

    /// <summary>Loads what FLGLM_BLAS names, if it names something and nothing has been loaded yet. Call before libtorch is loaded.</summary>
    /// <exception cref="ConfigurationException">it cannot be used, or comes too late</exception>
    public static void Load()
    {
        lock (Loading)
        {
            if (_library != 0 || Named is not { } file)
                return;
            if (!OperatingSystem.IsLinux())
                throw Wrong("only on Linux can another library take the place of libtorch's own matrix products; unset it.");
            if (LinuxLoader.IsLoaded("libtorch_cpu.so"))
                throw Wrong("libtorch is loaded already, with matrix products of its own; set it before this process computes.");
            if (LinuxLoader.Open(file) is { } reason)
                throw Wrong($"'{file}' does not load: {reason}. Name a BLAS such as OpenBLAS (Debian, Ubuntu: apt-get install {Package}), or unset it.");
            _library = Expected(NativeLibrary.Load(file), file);
            LinuxLoader.OpenForAll(file);
        }
    }

    /// <summary>What was loaded, for logs; null where libtorch's own computes.</summary>
    public static string? Describe() => _library == 0 ? null
        : Text("openblas_get_config") is { } config ? $"{string.Join(' ', config.Split(' ').Take(2))} for {Text("openblas_get_corename")}"
        : Named;

    /// <summary>What would make these settings faster on this processor, one line; null where nothing is known to.</summary>
    public static string? Hint(ComputeSettings settings) => Hint(settings, Processor.IsAmd, Processor.Flags);

    /// <param name="flags">the processor's</param>
    internal static string? Hint(ComputeSettings settings, bool isAmd, IReadOnlySet<string> flags) =>
        settings is { Device: "cpu", Dtype: ElementPrecision.Float32 } && isAmd && flags.Contains("avx512bw") && Named is null
            ? $"with OpenBLAS steps may take half the time on this processor: apt-get install {Package}, and {Variable}=libopenblas.so.0 (docs/cli.md, Backends)"
            : null;

    private static string? Named => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } file ? file : null;

    private static nint Expected(nint library, string file)
    {
        if (!NativeLibrary.TryGetExport(library, "sgemm_", out _))
            throw Wrong($"'{file}' is no BLAS: it has no sgemm_. Name one such as OpenBLAS (Debian, Ubuntu: apt-get install {Package}), or unset it.");
        if (Call<Number>(library, "openblas_get_parallel")?.Invoke() == OwnThreads)
            throw Wrong($"'{file}' is an OpenBLAS with threads of its own, which would get in the way of libtorch's. Name one for OpenMP (Debian, Ubuntu: apt-get install {Package}; /usr/lib/*/openblas-openmp/libopenblas.so.0), or unset it.");
        return library;
    }

    private static string? Text(string function) => Marshal.PtrToStringUTF8(Call<Words>(_library, function)?.Invoke() ?? 0);

    private static T? Call<T>(nint library, string function)
        where T : Delegate =>
        NativeLibrary.TryGetExport(library, function, out var address) ? Marshal.GetDelegateForFunctionPointer<T>(address) : null;

    private static ConfigurationException Wrong(string why) => new(Variable, why);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate int Number();

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate nint Words();
}
