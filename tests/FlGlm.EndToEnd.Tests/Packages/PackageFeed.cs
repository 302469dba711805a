using System.Diagnostics;
using FlGlm.Testing;

namespace FlGlm.EndToEnd.Tests.Packages;

/// <summary>A folder outside the repository with packages of this version, and programs that reference them.</summary>
internal sealed class PackageFeed : IDisposable
{
    private readonly TempFolder _folder = new();

    public PackageFeed() => _folder.Write("nuget.config", $"""<configuration><packageSources><add key="feed" value="{At("feed")}" /></packageSources></configuration>""");

    public string Version { get; } = $"0.1.0-test.{Environment.ProcessId}.{Environment.TickCount64}";

    public string At(params string[] parts) => _folder.At(parts);

    /// <summary>Packs a project of <c>src</c>.</summary>
    public Task PackAsync(string project) => DotnetAsync(
        "pack", RepositoryFolder.At("src", project, $"{project}.csproj"), "-c", "Release", "-o", At("feed"), $"-p:Version={Version}", "-p:ContinuousIntegrationBuild=true", "--artifacts-path", At("artifacts"));

    /// <summary>Publishes a program that references packages.</summary>
    /// <param name="name">of its folder, in which its source is</param>
    public async Task<string> PublishAsync(string name, string source, params (string Id, string Version)[] packages)
    {
        Directory.CreateDirectory(At(name));
        _folder.Write($"{name}/Program.cs", source);
        _folder.Write($"{name}/{name}.csproj", $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup><OutputType>Exe</OutputType><TargetFramework>net10.0</TargetFramework><ImplicitUsings>enable</ImplicitUsings></PropertyGroup>
              <ItemGroup>{string.Concat(packages.Select(package => $"""<PackageReference Include="{package.Id}" Version="{package.Version}" />"""))}</ItemGroup>
            </Project>
            """);
        await DotnetAsync("publish", At(name, $"{name}.csproj"), "-o", At($"{name}-out"));
        return At($"{name}-out", $"{name}.dll");
    }

    /// <summary>Runs <c>dotnet</c>, which must succeed.</summary>
    /// <returns>what it wrote, errors last</returns>
    public async Task<string> DotnetAsync(params string[] args)
    {
        var (code, output) = await RunAsync("dotnet", args);
        Assert.True(code == 0, output);
        return output;
    }

    /// <summary>Runs a program in the folder.</summary>
    public async Task<(int Code, string Output)> RunAsync(string program, params string[] args)
    {
        var start = new ProcessStartInfo(program, args) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = _folder.Path };
        start.Environment["LIBTORCH"] = null;
        using var process = Process.Start(start)!;
        var output = await Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return (process.ExitCode, string.Concat(output));
    }

    public void Dispose()
    {
        foreach (var cached in Directory.EnumerateDirectories(TorchSharpLibraryTests.PackageCache, "flglm*").Select(package => Path.Combine(package, Version)).Where(Directory.Exists))
            Directory.Delete(cached, recursive: true);
        _folder.Dispose();
    }
}
