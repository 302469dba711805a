using FlGlm.Cli;
using FlGlm.Cli.Runs;
using FlGlm.Core.Configuration;
using FlGlm.Testing;

namespace FlGlm.EndToEnd.Tests.Runs;

public sealed class RunDirectoryTests
{
    [Fact]
    public void The_resolved_configuration_repeats_the_run()
    {
        using var folder = new TempFolder();
        var directory = RunDirectory.Create(new RunSettings { Directory = Path.Combine(folder.Path, "a", "b") }, "train", TimeProvider.System);
        var config = new FlGlmConfig { Model = new ModelSettings { Path = "models/tiny" }, Run = new RunSettings { LogEvery = 3 } };

        directory.WriteConfig(config);

        var read = ConfigFile.Load<FlGlmConfig>(directory.ConfigPath, [], sections: []).Settings;
        Assert.Equal(ConfigWriter.Write(config), ConfigWriter.Write(read));
        Assert.Equal(("models/tiny", 3), (read.Model.Path, read.Run.LogEvery));
    }

    [Fact]
    public void A_client_of_several_has_a_directory_of_its_own()
    {
        using var folder = new TempFolder();
        var client = RunDirectory.Create(new RunSettings { Directory = folder.Path }, "demo", TimeProvider.System).Under("client-1");
        Assert.Equal(Path.Combine(folder.Path, "client-1", "metrics.jsonl"), client.MetricsPath);
        Assert.True(Directory.Exists(client.Path));
    }
}
