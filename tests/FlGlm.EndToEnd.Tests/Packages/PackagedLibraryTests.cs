using System.Diagnostics;
using FlGlm.Testing;

namespace FlGlm.EndToEnd.Tests.Packages;

/// <summary>FlGlm.Client and the FlGlm.Core that it brings as packages, in somebody else's program.</summary>
public sealed class PackagedLibraryTests : IDisposable
{
    private const string Source =
        """
        using FlGlm.Client.Evaluation.Metrics;
        using FlGlm.Core.Compute;
        using FlGlm.Core.Configuration;
        using static TorchSharp.torch;
        Console.WriteLine($"{ComputeEnvironment.Apply(new ComputeSettings { Threads = 1 })} {ones(2, 3).sum().item<float>()} {ChineseWords.Spaced("他来到了网易杭研大厦")}");
        """;

    private readonly TempFolder _folder = new();
    private readonly string _version = $"0.1.0-test.{Environment.ProcessId}.{Environment.TickCount64}";

    public void Dispose()
    {
        foreach (var package in (string[])["flglm.core", "flglm.client"])
        {
            var cached = Path.Combine(TorchSharpLibraryTests.PackageCache, package, _version);
            if (Directory.Exists(cached))
                Directory.Delete(cached, recursive: true);
        }

        _folder.Dispose();
    }

    [Fact]
    public async Task A_program_that_references_the_package_builds_publishes_and_computes()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "of Linux alone");
        Assert.SkipUnless(TestScope.IsAll, TestScope.OnlyInAll);
        foreach (var project in (string[])["FlGlm.Core", "FlGlm.Client"])
            await DotnetAsync("pack", RepositoryFolder.At("src", project, $"{project}.csproj"), "-c", "Release", "-o", _folder.At("feed"), $"-p:Version={_version}", "--artifacts-path", _folder.At("artifacts"));
        _folder.Write("nuget.config", $"""<configuration><packageSources><add key="feed" value="{_folder.At("feed")}" /></packageSources></configuration>""");
        _folder.Write("program.csproj", $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup><OutputType>Exe</OutputType><TargetFramework>net10.0</TargetFramework><ImplicitUsings>enable</ImplicitUsings></PropertyGroup>
              <ItemGroup>
                <Compile Remove="artifacts/**" />
                <PackageReference Include="FlGlm.Client" Version="{_version}" />
                <PackageReference Include="libtorch-cpu-linux-x64" Version="2.10.0" />
              </ItemGroup>
            </Project>
            """);
        _folder.Write("Program.cs", Source);

        await DotnetAsync("publish", _folder.At("program.csproj"), "-o", _folder.At("out"));

        Assert.Equal("cpu 6 他 来到 了 网易 杭研 大厦", (await DotnetAsync(_folder.At("out", "program.dll"))).Trim());
        var library = Assert.Single(Directory.GetFiles(_folder.At("out"), "libLibTorchSharp.so", SearchOption.AllDirectories));
        Assert.Contains(ElfVersionNeeds.Read(library), need => need.IsWeak);
    }

    private async Task<string> DotnetAsync(params string[] args)
    {
        var start = new ProcessStartInfo("dotnet", args) { RedirectStandardOutput = true, WorkingDirectory = _folder.Path };
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, output);
        return output;
    }
}
