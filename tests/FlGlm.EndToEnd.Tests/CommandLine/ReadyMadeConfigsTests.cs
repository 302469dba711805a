using FlGlm.Cli;
using FlGlm.Core.Configuration;
using FlGlm.Testing;

namespace FlGlm.EndToEnd.Tests.CommandLine;

public sealed class ReadyMadeConfigsTests
{
    public static TheoryData<string> Files => [.. Directory.GetFiles(RepositoryFolder.At("configs"), "*.yaml").Select(path => Path.GetFileName(path))];

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_ready_made_configuration_is_in_order(string file)
    {
        var loaded = ConfigFile.Load<FlGlmConfig>(RepositoryFolder.At("configs", file), []);
        Assert.NotEqual("", loaded.Settings.Model.Path);
    }
}
