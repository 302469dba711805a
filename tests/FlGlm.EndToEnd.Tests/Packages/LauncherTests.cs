using System.Diagnostics;
using FlGlm.Testing;

namespace FlGlm.EndToEnd.Tests.Packages;

/// <summary>When <c>./flglm</c> builds and when it starts at once: the script beside a few sources, with a <c>dotnet</c> that only records its calls.</summary>
public sealed class LauncherTests : IDisposable
{
    private const string Dotnet =
        """
        #!/bin/bash
        case $1 in
            --list-sdks) echo '10.0.100 [/usr/share/dotnet/sdk]' ;;
            build) echo build >>"$CALLS" && mkdir -p "$(dirname "$PROGRAM")" && touch "$PROGRAM" ;;
            *) echo "run ${*:2}" >>"$CALLS" ;;
        esac
        """;

    private readonly TempFolder _folder = new();
    private readonly string _clone;
    private readonly string _source;

    public LauncherTests()
    {
        _clone = _folder.At("a b é", "clone");
        foreach (var file in (string[])["flglm", "eng/setup.sh", "eng/runtime.sh", "global.json", "Directory.Build.props", "configs/demo-lora.yaml", "demo/README.md", "src/FlGlm.Cli/Program.cs"])
        {
            var target = Path.Combine(_clone, file);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(RepositoryFolder.At(file), target);
        }

        _source = Path.Combine(_clone, "src", "FlGlm.Cli", "Program.cs");
        Directory.CreateDirectory(_folder.At("bin"));
        File.WriteAllText(_folder.At("bin", "dotnet"), Dotnet);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(_folder.At("bin", "dotnet"), (UnixFileMode)0b111_101_101);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task It_builds_once_whatever_locale_folder_mask_link_and_file_times_say()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "of Linux alone");
        Assert.Equal(["build", "run --version"], await CallAsync("./flglm --version"));
        File.SetLastWriteTimeUtc(_source, DateTime.UtcNow.AddDays(1));
        File.CreateSymbolicLink(_folder.At("link"), Path.Combine(_clone, "flglm"));

        foreach (var command in (string[])["./flglm one", "LC_ALL=C ./flglm one", "LC_ALL=en_US.UTF-8 ./flglm one", "umask 077; ./flglm one", "cd / && \"$OLDPWD/flglm\" one", "../../link one"])
            Assert.Equal(["run one"], await CallAsync(command));
    }

    [Fact]
    public async Task A_built_clone_is_not_written_to()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "of Linux alone");
        await CallAsync("./flglm one");
        Directory.Delete(Path.Combine(_clone, "artifacts"), recursive: true);
        await CallAsync("./flglm one");
        var before = Entries();

        await CallAsync("./flglm two");

        Assert.Equal(before, Entries());
    }

    [Theory]
    [InlineData("echo >> src/FlGlm.Cli/Program.cs; ./flglm two")]
    [InlineData("touch src/FlGlm.Cli/New.cs; ./flglm two")]
    [InlineData("mv demo/README.md demo/Other.md; ./flglm two")]
    [InlineData("FlGlmTorch=cuda ./flglm two")]
    [InlineData("rm \"$PROGRAM\"; ./flglm two")]
    public async Task It_builds_again_when_a_source_or_the_libtorch_is_another(string command)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "of Linux alone");
        await CallAsync("./flglm one");

        Assert.Equal(["build", "run two"], await CallAsync(command));
    }

    /// <summary>The calls of <c>dotnet</c>, listing SDKs aside.</summary>
    private async Task<string[]> CallAsync(string command)
    {
        var calls = _folder.At("calls");
        File.Delete(calls);
        var start = new ProcessStartInfo("bash", ["-c", command]) { WorkingDirectory = _clone, RedirectStandardError = true };
        start.Environment["PATH"] = $"{_folder.At("bin")}:{start.Environment["PATH"]}";
        start.Environment["CALLS"] = calls;
        start.Environment["PROGRAM"] = Path.Combine(_clone, "src", "FlGlm.Cli", "bin", "Release", "net10.0", "flglm.dll");
        start.Environment["FlGlmTorch"] = null;
        using var process = Process.Start(start)!;
        var error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, error);
        return [.. (await File.ReadAllLinesAsync(calls)).Select(line => line.Replace(start.Environment["PROGRAM"] + " ", "", StringComparison.Ordinal))];
    }

    private (string, DateTime)[] Entries() =>
        [.. Directory.GetFileSystemEntries(_clone, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(path => (path, File.GetLastWriteTimeUtc(path)))];
}
