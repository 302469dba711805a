using System.IO.Compression;
using FlGlm.Testing;

namespace FlGlm.EndToEnd.Tests.Packages;

/// <summary>The libraries and the program as packages, in somebody else's project and folder.</summary>
public sealed class PackagedLibraryTests : IDisposable
{
    private const string Torch = "libtorch-cpu-linux-x64";

    private const string Source =
        """
        using FlGlm.Client.Data;
        using FlGlm.Client.Evaluation.Metrics;
        using FlGlm.Client.Training;
        using FlGlm.Core.Configuration;
        var trainer = new LocalTrainer(new TrainerOptions
        {
            Model = args[0],
            Data = new DataSettings { Train = [args[1]], MaxLength = 64 },
            Plan = new RunPlan { Training = new TrainingSettings { Steps = 10, BatchSize = 2 } },
        });
        try
        {
            await foreach (var happened in trainer.RunAsync())
                if (happened is StepReport step)
                    Console.WriteLine($"step {step.Step}");
            Console.WriteLine(ChineseWords.Spaced("他来到了网易杭研大厦"));
            return 0;
        }
        catch (FlGlmException e)
        {
            Console.WriteLine(e.Message);
            return (int)e.ExitCode;
        }
        """;

    private readonly PackageFeed _feed = new();

    public void Dispose() => _feed.Dispose();

    [Fact]
    public async Task A_program_with_the_package_trains_and_without_a_libtorch_says_which_package_it_lacks()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "of Linux alone");
        Assert.SkipUnless(TestScope.IsAll, TestScope.OnlyInAll);
        foreach (var project in (string[])["FlGlm.Core", "FlGlm.Client", "FlGlm.Server", "FlGlm.Privacy"])
            await _feed.PackAsync(project);
        string[] args = [RepositoryFolder.At("demo", "model"), RepositoryFolder.At("demo", "data", "harbour.jsonl")];

        var whole = await _feed.PublishAsync("whole", Source, ("FlGlm.Client", _feed.Version), (Torch, "2.10.0"));
        var lines = (await _feed.DotnetAsync([whole, .. args])).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal([.. Enumerable.Range(1, 10).Select(step => $"step {step}"), "他 来到 了 网易 杭研 大厦"], lines);
        var library = Assert.Single(Directory.GetFiles(_feed.At("whole-out"), "libLibTorchSharp.so", SearchOption.AllDirectories));
        Assert.Contains(ElfVersionNeeds.Read(library), need => need.IsWeak);

        var lacking = await _feed.PublishAsync("lacking", Source, ("FlGlm.Client", _feed.Version));
        var (code, output) = await _feed.RunAsync("dotnet", [lacking, .. args]);
        Assert.True(code == 2, $"{code}: {output}");
        Assert.Contains(Torch, Assert.Single(output.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);

        foreach (var package in Directory.GetFiles(_feed.At("feed"), "*.nupkg"))
            AssertDescribed(package);
        Assert.Equal(4, Directory.GetFiles(_feed.At("feed"), "*.snupkg").Length);
    }

    [Fact]
    public async Task The_tool_runs_the_demo_in_a_fresh_folder()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "of Linux alone");
        Assert.SkipUnless(TestScope.IsAll, TestScope.OnlyInAll);
        await _feed.PackAsync("FlGlm.Cli");
        await _feed.DotnetAsync("tool", "install", "flglm", "--version", _feed.Version, "--tool-path", _feed.At("tools"), "--configfile", _feed.At("nuget.config"));

        var (code, output) = await _feed.RunAsync(_feed.At("tools", "flglm"), "demo", "--set", "training.steps=5");

        Assert.True(code == 0, output);
        Assert.Equal(2, output.Split('\n').Count(line => line.EndsWith("largest difference of the loss: 0", StringComparison.Ordinal)));
    }

    /// <summary>Readme, icon, licence; nothing else beside what is built.</summary>
    private static void AssertDescribed(string package)
    {
        using var zip = ZipFile.OpenRead(package);
        Assert.Equal(["README.md", "icon.png"], zip.Entries.Where(entry => entry.FullName is "README.md" or "icon.png").Select(entry => entry.FullName).Order(StringComparer.Ordinal));
        using var reader = new StreamReader(zip.Entries.Single(entry => entry.FullName.EndsWith(".nuspec", StringComparison.Ordinal)).Open());
        var specification = reader.ReadToEnd();
        Assert.Contains("<license type=\"expression\">MIT</license>", specification, StringComparison.Ordinal);
        Assert.DoesNotContain("Package Description", specification, StringComparison.Ordinal);
    }
}
