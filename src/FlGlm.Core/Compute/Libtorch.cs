using System.Reflection;
using System.Runtime.InteropServices;
using FlGlm.Core.Configuration;
using TorchSharp;

namespace FlGlm.Core.Compute;

/// <summary>
/// The native library that computes. By default it is the one that the program was built with; <c>LIBTORCH=DIR</c> names another of the same
/// version, such as an installed PyTorch for GPUs.
/// </summary>
public static class Libtorch
{
    /// <summary>What TorchSharp's native library is built for.</summary>
    private const string Needed = "2.10";

    private const int ResolveNow = 2;

    /// <summary>In the order of their dependence; those for GPUs are there or not.</summary>
    private static readonly string[] Libraries = ["c10", "torch_cpu", "c10_cuda", "torch_cuda", "torch"];

    private static readonly Lock Loading = new();
    private static string? _loaded;

    /// <summary>Loads the libtorch that the environment variable LIBTORCH names, if it names one. Call before TorchSharp is used.</summary>
    /// <exception cref="ConfigurationException">the folder has no libtorch, or one of another version that TorchSharp cannot use</exception>
    public static void LoadNamed()
    {
        if (Environment.GetEnvironmentVariable("LIBTORCH") is { Length: > 0 } directory)
            Load(directory);
    }

    /// <summary>Which libtorch this process computes with.</summary>
    public static string Describe() => _loaded is null ? torch.__version__ : $"{Version(_loaded) ?? "of unknown version"} in {_loaded}";

    /// <param name="directory">a LibTorch folder, or the folder <c>torch/lib</c> of an installed PyTorch</param>
    /// <exception cref="ConfigurationException">it has no libtorch, or one of another version that TorchSharp cannot use</exception>
    public static void Load(string directory)
    {
        lock (Loading)
        {
            var libraries = FindLibraries(directory);
            if (libraries == _loaded)
                return;
            if (_loaded is not null)
                throw new ConfigurationException("LIBTORCH", $"this process computes with '{_loaded}' already; a process has one libtorch.");
            foreach (var path in Libraries.Select(name => Path.Combine(libraries, FileName(name))).Where(File.Exists))
                Open(path, libraries);
            Open(OwnLibrary(), libraries);
            _loaded = libraries;
            SkipTorchSharpsSearch();
        }
    }

    private static string FindLibraries(string directory)
    {
        foreach (var candidate in new[] { directory, Path.Combine(directory, "lib"), Path.Combine(directory, "torch", "lib") })
        {
            if (File.Exists(Path.Combine(candidate, FileName("torch_cpu"))))
                return Path.GetFullPath(candidate);
        }

        throw new ConfigurationException(
            "LIBTORCH", $"'{directory}' has no {FileName("torch_cpu")}; name a LibTorch folder, or the folder torch/lib of an installed PyTorch.");
    }

    private static void Open(string path, string directory)
    {
        if (TryOpen(path) is not { } reason)
            return;
        var version = Version(directory) is { } found ? $"libtorch {found}" : "a libtorch of unknown version";
        throw new ConfigurationException("LIBTORCH", $"'{directory}' holds {version}, and TorchSharp needs libtorch {Needed}: {reason}.");
    }

    /// <summary>On Linux all symbols are resolved at once: one that is missing would otherwise end the process at its first use.</summary>
    /// <returns>null, or why it does not load</returns>
    private static string? TryOpen(string path)
    {
        if (OperatingSystem.IsLinux())
            return LinuxLoader.Open(path, ResolveNow);
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

    /// <summary>TorchSharp's own library lies beside this one, or where packages keep what is of one system.</summary>
    private static string OwnLibrary()
    {
        var name = FileName("LibTorchSharp");
        var system = Path.Combine(AppContext.BaseDirectory, "runtimes", RuntimeInformation.RuntimeIdentifier, "native", name);
        return new[] { Path.Combine(AppContext.BaseDirectory, name), system }.FirstOrDefault(File.Exists)
            ?? throw new ConfigurationException("LIBTORCH", $"this program lacks {name}, which belongs beside it; build it anew.");
    }

    /// <summary>TorchSharp would load the libtorch beside the program too, and a process with two of them crashes.</summary>
    private static void SkipTorchSharpsSearch()
    {
        NativeLibrary.SetDllImportResolver(typeof(torch).Assembly, (name, _, _) => name == "LibTorchSharp" ? NativeLibrary.Load(OwnLibrary()) : 0);
        foreach (var field in new[] { "nativeBackendLoaded", "nativeBackendCudaLoaded" })
        {
            var flag = typeof(torch).GetField(field, BindingFlags.NonPublic | BindingFlags.Static)
                ?? throw new MissingFieldException($"TorchSharp {typeof(torch).Assembly.GetName().Version} has no field {field}.");
            flag.SetValue(null, true);
        }
    }

    /// <summary>As the folder's own files say: LibTorch's <c>build-version</c>, PyTorch's <c>version.py</c>.</summary>
    private static string? Version(string libraries)
    {
        var parent = Path.GetDirectoryName(libraries)!;
        var (plain, python) = (Path.Combine(parent, "build-version"), Path.Combine(parent, "version.py"));
        if (File.Exists(plain))
            return File.ReadAllText(plain).Trim();
        return File.Exists(python)
            ? File.ReadLines(python).FirstOrDefault(line => line.StartsWith("__version__", StringComparison.Ordinal))?.Split('\'', '"').ElementAtOrDefault(1)
            : null;
    }

    private static string FileName(string library) =>
        OperatingSystem.IsWindows() ? library + ".dll" : OperatingSystem.IsMacOS() ? $"lib{library}.dylib" : $"lib{library}.so";
}
