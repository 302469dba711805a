using FlGlm.Core.Compute;
using TorchSharp;

namespace FlGlm.EndToEnd.Tests.Packages;

/// <summary>TorchSharp's native library as the build puts it beside programs.</summary>
public sealed class TorchSharpLibraryTests
{
    private static readonly (string, string) Optional = ("libstdc++.so.6", "GLIBCXX_3.4.32");

    public static string PackageCache { get; } = Environment.GetEnvironmentVariable("NUGET_PACKAGES") is { Length: > 0 } named
        ? named
        : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");

    [Fact]
    public void The_library_beside_a_program_loads_without_the_newest_libstdc()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "of Linux alone");
        var (mended, cached) = (ElfVersionNeeds.Read(Libtorch.TorchSharpLibrary!), ElfVersionNeeds.Read(Cached()));

        Assert.Equal([Optional], mended.Where(need => need.IsWeak).Select(need => (need.Library, need.Version)));
        Assert.Equal(cached.Select(need => (need.Library, need.Version)), mended.Select(need => (need.Library, need.Version)));
    }

    [Fact]
    public void The_library_in_the_package_cache_stays_as_it_was_published()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "of Linux alone");
        Assert.DoesNotContain(ElfVersionNeeds.Read(Cached()), need => need.IsWeak);
        Assert.Equal(1, File.ReadAllBytes(Cached()).Zip(File.ReadAllBytes(Libtorch.TorchSharpLibrary!)).Count(pair => pair.First != pair.Second));
    }

    private static string Cached()
    {
        var version = typeof(torch).Assembly.GetName().Version!.ToString(3);
        return Path.Combine(PackageCache, "torchsharp", version, "runtimes", "linux-x64", "native", "libLibTorchSharp.so");
    }
}
