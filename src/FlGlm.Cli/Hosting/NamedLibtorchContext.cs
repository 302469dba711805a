using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Loader;
using FlGlm.Cli.CommandLine;
using FlGlm.Core.Compute;

namespace FlGlm.Cli.Hosting;

/// <summary>
/// The program loaded once more, where the libtorch that LIBTORCH names takes the place of its own: .NET searches the program's folder first
/// for the assemblies of the default context, and would load both.
/// </summary>
internal sealed class NamedLibtorchContext : AssemblyLoadContext
{
    private static readonly string Program = typeof(NamedLibtorchContext).Assembly.Location;
    private readonly AssemblyDependencyResolver _resolver = new(Program);

    private NamedLibtorchContext()
        : base("LIBTORCH")
    {
    }

    /// <summary><see cref="FlGlmCommandLine.RunAsync"/> in such a context.</summary>
    public static Task<int> RunAsync(string[] args, TextWriter output, TextWriter errors, CancellationToken ct)
    {
        var commandLine = new NamedLibtorchContext().LoadFromAssemblyPath(Program).GetType(typeof(FlGlmCommandLine).FullName!)!;
        var run = commandLine.GetMethod(nameof(FlGlmCommandLine.RunAsync), BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static)!;
        return (Task<int>)run.Invoke(null, [args, output, errors, ct])!;
    }

    protected override Assembly? Load(AssemblyName assemblyName) =>
        _resolver.ResolveAssemblyToPath(assemblyName) is { } path ? LoadFromAssemblyPath(path) : null;

    protected override nint LoadUnmanagedDll(string unmanagedDllName)
    {
        var path = LibtorchHere(unmanagedDllName) ?? _resolver.ResolveUnmanagedDllToPath(unmanagedDllName);
        return path is null ? 0 : NativeLibrary.Load(path);
    }

    /// <summary>This context has a <see cref="Libtorch"/> of its own, which the command has told to load what LIBTORCH names.</summary>
    private string? LibtorchHere(string library)
    {
        var here = Assemblies.First(assembly => assembly.GetName().Name == typeof(Libtorch).Assembly.GetName().Name).GetType(typeof(Libtorch).FullName!)!;
        return (string?)here.GetMethod(nameof(Libtorch.PathIn))!.Invoke(null, [library]);
    }
}
