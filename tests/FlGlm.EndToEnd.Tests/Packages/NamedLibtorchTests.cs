using FlGlm.Core.Compute;
using FlGlm.EndToEnd.Tests.Processes;
using FlGlm.Testing;

namespace FlGlm.EndToEnd.Tests.Packages;

/// <summary><c>LIBTORCH=DIR</c>: another libtorch than the program's own.</summary>
public sealed class NamedLibtorchTests : IDisposable
{
    private readonly SplitFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>A copy, 460 MB, since the loader takes a link to the program's own library for that library.</summary>
    [Fact]
    public async Task A_run_computes_the_same_with_the_libtorch_that_is_named()
    {
        Assert.SkipUnless(TestScope.IsAll, TestScope.OnlyInAll);
        var named = Directory.CreateDirectory(_folder.At("libtorch", "lib")).FullName;
        foreach (var file in Directory.GetFiles(Path.GetDirectoryName(Libtorch.TorchSharpLibrary)!, "lib*").Where(file => !file.Contains("LibTorchSharp", StringComparison.Ordinal)))
            File.Copy(file, Path.Combine(named, Path.GetFileName(file)));
        File.WriteAllText(_folder.At("libtorch", "build-version"), "2.10.0+test");

        await using (var own = FlGlmProcess.Start(Train("own")))
            await own.ExitsWithAsync(0);
        await using var other = FlGlmProcess.StartWith("LIBTORCH", _folder.At("libtorch"), Train("other"));

        await other.ExitsWithAsync(0);
        Assert.Contains(other.Output.Lines, line => line.Contains($"libtorch 2.10.0+test in {named}", StringComparison.Ordinal));
        Assert.Equal(_folder.Losses("own"), _folder.Losses("other"));
    }

    [Fact]
    public async Task A_folder_without_libtorch_is_refused()
    {
        await using var run = FlGlmProcess.StartWith("LIBTORCH", _folder.At("model"), Train("run"));

        await run.ExitsWithAsync(2);
        Assert.Equal(
            [$"flglm: LIBTORCH: '{_folder.At("model")}' has no {(OperatingSystem.IsLinux() ? "libtorch_cpu.so" : "libtorch_cpu.dylib")}; name a LibTorch folder, or the folder torch/lib of an installed PyTorch."],
            run.Error.Lines);
        Assert.False(Directory.Exists(_folder.At("run")));
    }

    [Theory]
    [InlineData("build-version", "1.13.1+cpu\n", "libtorch 1.13.1+cpu")]
    [InlineData("version.py", "from typing import Optional\n__version__ = '2.4.0+cu121'\n", "libtorch 2.4.0+cu121")]
    [InlineData("README", "", "a libtorch of unknown version")]
    public async Task One_that_does_not_load_is_named_with_the_version_that_would(string file, string content, string version)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "of Linux alone");
        var lib = Directory.CreateDirectory(_folder.At("other", "lib")).FullName;
        File.WriteAllText(_folder.At("other", file), content);
        File.WriteAllText(Path.Combine(lib, "libtorch_cpu.so"), "no library");

        await using var run = FlGlmProcess.StartWith("LIBTORCH", _folder.At("other"), Train("run"));

        await run.ExitsWithAsync(2);
        var line = Assert.Single(run.Error.Lines);
        Assert.StartsWith($"flglm: LIBTORCH: '{lib}' holds {version}, and TorchSharp needs libtorch 2.10: ", line, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder.At("run")));
    }

    private string[] Train(string run) => _folder.Train($"run.directory={_folder.At(run)}");
}
