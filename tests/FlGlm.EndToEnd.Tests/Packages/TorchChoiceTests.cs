using System.Diagnostics;
using System.Text.Json;
using FlGlm.Testing;

namespace FlGlm.EndToEnd.Tests.Packages;

/// <summary>Which packages a build asks for. What only other systems need is not restored, only asked for.</summary>
public sealed class TorchChoiceTests
{
    [Theory]
    [InlineData("src/FlGlm.Cli/FlGlm.Cli.csproj", new[] { "-p:FlGlmTorch=cpu", "-p:FlGlmSystem=linux-x64" }, new[] { "libtorch-cpu-linux-x64", "Tokenizers.DotNet.runtime.linux-x64" }, Skip = TestScope.OnlyInAll, SkipType = typeof(TestScope), SkipUnless = nameof(TestScope.IsAll))]
    [InlineData("src/FlGlm.Cli/FlGlm.Cli.csproj", new[] { "-p:FlGlmTorch=cuda", "-p:FlGlmSystem=linux-x64" }, new[] { "TorchSharp-cuda-linux", "Tokenizers.DotNet.runtime.linux-x64" })]
    [InlineData("src/FlGlm.Cli/FlGlm.Cli.csproj", new[] { "-p:FlGlmTorch=cuda", "-p:FlGlmSystem=win-x64" }, new[] { "TorchSharp-cuda-windows", "Tokenizers.DotNet.runtime.win-x64" }, Skip = TestScope.OnlyInAll, SkipType = typeof(TestScope), SkipUnless = nameof(TestScope.IsAll))]
    [InlineData("samples/01-OneProcess/01-OneProcess.csproj", new[] { "-p:RuntimeIdentifier=osx-arm64" }, new[] { "libtorch-cpu-osx-arm64", "Tokenizers.DotNet.runtime.osx-arm64" })]
    [InlineData("src/FlGlm.Core/FlGlm.Core.csproj", new[] { "-p:FlGlmTorch=cuda" }, new string[0])]
    public async Task A_project_asks_for_the_native_packages_of_its_system_and_choice(string project, string[] properties, string[] expected)
    {
        var references = await ReferencesAsync(project, properties);

        Assert.Equal(
            expected.Order(StringComparer.Ordinal),
            references.Where(name => name.StartsWith("libtorch", StringComparison.Ordinal) || name.Contains("-cuda-", StringComparison.Ordinal) || name.Contains(".runtime.", StringComparison.Ordinal))
                .Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Core_needs_TorchSharp_and_leaves_the_libtorch_to_the_program() =>
        Assert.Contains("TorchSharp", await ReferencesAsync("src/FlGlm.Core/FlGlm.Core.csproj"));

    private static async Task<List<string>> ReferencesAsync(string project, params string[] properties)
    {
        var start = new ProcessStartInfo("dotnet", ["msbuild", RepositoryFolder.At(project.Split('/')), "-getItem:PackageReference", .. properties])
        {
            RedirectStandardOutput = true,
            WorkingDirectory = RepositoryFolder.At(),
        };
        using var build = Process.Start(start)!;
        var json = await build.StandardOutput.ReadToEndAsync();
        await build.WaitForExitAsync();
        Assert.Equal(0, build.ExitCode);
        using var items = JsonDocument.Parse(json);
        return [.. items.RootElement.GetProperty("Items").GetProperty("PackageReference").EnumerateArray().Select(item => item.GetProperty("Identity").GetString()!)];
    }
}
