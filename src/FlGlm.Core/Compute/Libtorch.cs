using System.Runtime.InteropServices;
using System.Runtime.Loader;
using FlGlm.Core.Configuration;
using TorchSharp;

namespace FlGlm.Core.Compute;

/// <summary>
/// The native library that computes. By default it is the one that the program was built with; <c>LIBTORCH=DIR</c> names another of the same
/// version, such as an installed PyTorch for GPUs, and <c>FLGLM_BLAS=FILE</c> another library of matrix products than its own, such as OpenBLAS.
/// </summary>
public static class Libtorch
{
    /// <summary>What TorchSharp's native library is built for.</summary>
    private const string Needed = "2.10";

    private const string PackageVersion = $"{Needed}.0";

    /// <summary>In the order of their dependence; those for GPUs are there or not.</summary>
    private static readonly string[] Libraries = ["c10", "torch_cpu", "c10_cuda", "torch_cuda", "torch"];

    private static readonly Lock Loading = new();
    private static string? _loaded;

    /// <summary>The folder that the environment variable LIBTORCH names; null where it names none.</summary>
    public static string? Named => Environment.GetEnvironmentVariable("LIBTORCH") is { Length: > 0 } directory ? directory : null;

    /// <summary>TorchSharp's own library, beside the program or where packages keep what is of one system; null where it is missing.</summary>
    public static string? TorchSharpLibrary => FindBesideProgram("LibTorchSharp");

    /// <summary>Which libtorch this process computes with.</summary>
    public static string Describe()
    {
        var which = _loaded is null ? torch.__version__ : $"{Version(_loaded) ?? "of unknown version"} in {_loaded}";
        return NamedBlas.Describe() is { } blas ? $"{which} with {blas}" : which;
    }

    /// <summary>Loads the libtorch that LIBTORCH names, if it names one, and before it what FLGLM_BLAS names. Call before TorchSharp is used.</summary>
    /// <inheritdoc cref="Load"/>
    public static void LoadNamed()
    {
        NamedBlas.Load();
        if (Named is { } directory)
            Load(directory);
    }

    /// <summary>Loads libtorch, if nothing has yet. TorchSharp itself would write a page about its search to the standard output.</summary>
    /// <exception cref="ConfigurationException">There is none.</exception>
    public static void ExpectThere()
    {
        var isOfProgram = Path.GetDirectoryName(typeof(torch).Assembly.Location) + Path.DirectorySeparatorChar == AppContext.BaseDirectory; // else a script's, which TorchSharp looks for elsewhere
        if (_loaded is null && isOfProgram && !new[] { "torch_cpu", "LibTorchSharp" }.All(Loads)) // the system's own torch_cpu may load, and be of another version
        {
            throw new ConfigurationException(
                "libtorch",
                $"{FileName("torch_cpu")} {Needed} does not load, and nothing computes without it. Add the package {Package} of version {PackageVersion} to your program, or name a libtorch {Needed} with LIBTORCH=DIR.");
        }
    }

    /// <summary>
    /// Loads another libtorch than the program's own. A program that carries its own must run in an <see cref="AssemblyLoadContext"/> that
    /// answers TorchSharp's question for <c>torch_cpu</c> with <see cref="PathIn"/>: two libtorchs in one process crash it.
    /// </summary>
    /// <param name="directory">a LibTorch folder, or the folder <c>torch/lib</c> of an installed PyTorch</param>
    /// <exception cref="ConfigurationException">it has no libtorch, or one of another version that TorchSharp cannot use</exception>
    public static void Load(string directory)
    {
        lock (Loading)
        {
            var libraries = FindLibraries(directory);
            if (libraries == _loaded)
                return;
            NamedBlas.Load();
            if (_loaded is not null)
                throw Wrong($"this process computes with '{_loaded}' already; a process has one libtorch.");
            if (AssemblyLoadContext.GetLoadContext(typeof(Libtorch).Assembly) == AssemblyLoadContext.Default && FindBesideProgram("torch_cpu") is { } own)
                throw Wrong($"this program carries '{own}', and a process has one libtorch; build it without a libtorch package.");
            foreach (var path in Libraries.Select(name => Path.Combine(libraries, FileName(name))).Where(File.Exists))
                Open(path, libraries);
            ExpectNames(libraries);
            Open(TorchSharpLibrary ?? throw Wrong($"this program lacks {FileName("LibTorchSharp")}, which belongs beside it; build it anew."), libraries);
            _loaded = libraries;
        }
    }

    /// <summary>The file of a library that <see cref="Load"/> has loaded; null before, and for others.</summary>
    /// <param name="library">without prefix and ending: <c>torch_cpu</c></param>
    public static string? PathIn(string library) => library == "LibTorchSharp" ? TorchSharpLibrary
        : _loaded is not null && Libraries.Contains(library) && Path.Combine(_loaded, FileName(library)) is var path && File.Exists(path) ? path : null;

    private static bool Loads(string library) => NativeLibrary.TryLoad(library, typeof(torch).Assembly, searchPath: null, out _);

    private static string FindLibraries(string directory)
    {
        foreach (var candidate in new[] { directory, Path.Combine(directory, "lib"), Path.Combine(directory, "torch", "lib") })
        {
            if (File.Exists(Path.Combine(candidate, FileName("torch_cpu"))))
                return Path.GetFullPath(candidate);
        }

        throw Wrong($"'{directory}' has no {FileName("torch_cpu")}; name a LibTorch folder, or the folder torch/lib of an installed PyTorch.");
    }

    private static void Open(string path, string directory)
    {
        if (TryOpen(path) is { } reason)
            throw Unfit(directory, reason);
    }

    /// <summary>A distribution may call its libraries otherwise (<c>libtorch.so.1.13</c>); TorchSharp's would then load the program's own beside them.</summary>
    private static void ExpectNames(string directory)
    {
        if (OperatingSystem.IsLinux() && new[] { "c10", "torch_cpu", "torch" }.Select(FileName).FirstOrDefault(name => !LinuxLoader.IsLoaded(name)) is { } missing)
            throw Unfit(directory, $"its {missing} has another name inside");
    }

    private static ConfigurationException Unfit(string directory, string reason)
    {
        var version = Version(directory) is { } found ? $"libtorch {found}" : "a libtorch of unknown version";
        return Wrong($"'{directory}' holds {version}, and TorchSharp needs libtorch {Needed}: {reason}.");
    }

    /// <summary>On Linux all symbols are resolved at once: one that is missing would otherwise end the process at its first use.</summary>
    /// <returns>null, or why it does not load</returns>
    private static string? TryOpen(string path)
    {
        if (OperatingSystem.IsLinux())
            return LinuxLoader.Open(path);
        try
        {
            NativeLibrary.Load(path);
            return null;
        }
        catch (DllNotFoundException error)
        {
            return error.Message.ReplaceLineEndings(" ").TrimEnd('.', ' ');
        }
    }

    private static string? FindBesideProgram(string library)
    {
        var name = FileName(library);
        var system = Path.Combine(AppContext.BaseDirectory, "runtimes", RuntimeInformation.RuntimeIdentifier, "native", name);
        return new[] { Path.Combine(AppContext.BaseDirectory, name), system }.FirstOrDefault(File.Exists);
    }

    /// <summary>As the folder's own files say: LibTorch's <c>build-version</c>, PyTorch's <c>version.py</c>, a distribution's <c>libtorch_cpu.so.1.13</c>.</summary>
    private static string? Version(string libraries)
    {
        var parent = Path.GetDirectoryName(libraries)!;
        var (plain, python) = (Path.Combine(parent, "build-version"), Path.Combine(parent, "version.py"));
        if (File.Exists(plain))
            return File.ReadAllText(plain).Trim();
        if (File.Exists(python))
            return File.ReadLines(python).FirstOrDefault(line => line.StartsWith("__version__", StringComparison.Ordinal))?.Split('\'', '"').ElementAtOrDefault(1);
        var target = File.ResolveLinkTarget(Path.Combine(libraries, FileName("torch_cpu")), returnFinalTarget: true)?.Name.Split(".so.");
        return target is [_, var version] ? version : null;
    }

    private static string Package => OperatingSystem.IsWindows() ? "libtorch-cpu-win-x64" : OperatingSystem.IsMacOS() ? "libtorch-cpu-osx-arm64" : "libtorch-cpu-linux-x64";

    private static ConfigurationException Wrong(string why) => new("LIBTORCH", why);

    private static string FileName(string library) =>
        OperatingSystem.IsWindows() ? library + ".dll" : OperatingSystem.IsMacOS() ? $"lib{library}.dylib" : $"lib{library}.so";
}
