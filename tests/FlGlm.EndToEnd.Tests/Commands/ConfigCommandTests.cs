using System.Text.Json;
using FlGlm.EndToEnd.Tests.CommandLine;
using FlGlm.Testing;

namespace FlGlm.EndToEnd.Tests.Commands;

public sealed class ConfigCommandTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_document_has_a_row_for_each_key_that_is_shown_with_the_same_default_and_no_other()
    {
        var page = File.ReadAllText(RepositoryFolder.At("docs", "cli.md"));
        var rows = page.Split("## Configuration")[1].Split("## Backends")[0].Split('\n').Where(line => line.StartsWith("| `", StringComparison.Ordinal));

        Assert.Equal(
            (await KeysAsync()).Select(key => $"| `{Text(key, "key")}` | `{Text(key, "default")}` ").Order(),
            rows.Select(row => string.Join('|', row.Split('|')[..3])).Order());
    }

    [Fact]
    public async Task Every_key_says_what_it_is_and_what_it_takes() => Assert.All(await KeysAsync(), key =>
    {
        Assert.True(Text(key, "summary").Length > 5, $"{Text(key, "key")} has no summary.");
        Assert.NotEmpty(Text(key, "takes"));
        Assert.All(key.GetProperty("words").EnumerateArray(), word => Assert.True(Text(word, "value").Length > 0, $"{Text(key, "key")}: {Text(word, "key")} has no summary."));
    });

    [Fact]
    public async Task A_number_of_seconds_or_bytes_has_its_unit() => Assert.All(await KeysAsync(), key =>
    {
        if (Text(key, "key").EndsWith("_s", StringComparison.Ordinal))
            Assert.Equal("seconds", Text(key, "unit"));
        if (Text(key, "key").EndsWith("_bytes", StringComparison.Ordinal))
            Assert.Equal("bytes", Text(key, "unit"));
    });

    [Fact]
    public async Task One_key_is_shown_in_full()
    {
        var run = await CommandRun.OfAsync("config", "optimizer.schedule");

        Assert.Equal(0, run.ExitCode);
        Assert.Equal("optimizer.schedule: constant", run.OutputLines[0]);
        Assert.Contains("default: constant", run.OutputLines);
        Assert.Contains("takes:   one of constant, linear, cosine, cosine_with_restarts, polynomial", run.OutputLines);
        Assert.Equal("from:    default", run.OutputLines[^1]);
    }

    [Fact]
    public async Task A_section_is_a_table_with_the_values_in_force_and_their_sources()
    {
        var file = _folder.Write("run.yaml", "# a comment\noptimizer: {momentum: 7}\n");

        var run = await CommandRun.OfAsync("config", "optimizer", "--config", file, "--set", "optimizer.beta1=0.5");

        Assert.Equal(0, run.ExitCode);
        Assert.All(run.OutputLines.Skip(1), line => Assert.StartsWith("optimizer.", line, StringComparison.Ordinal));
        Assert.Matches(@"^optimizer\.learning_rate +0\.001 +auto +default ", run.OutputLines.Single(line => line.StartsWith("optimizer.learning_rate", StringComparison.Ordinal)));
        Assert.Matches(@"^optimizer\.beta1 +0\.5 +0\.9 +--set optimizer\.beta1=0\.5 ", run.OutputLines.Single(line => line.StartsWith("optimizer.beta1", StringComparison.Ordinal)));
        Assert.Contains($"{file}:2", run.OutputLines.Single(line => line.StartsWith("optimizer.momentum", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("optimzer", "did you mean 'optimizer'?")]
    [InlineData("optimizer.learnig_rate", "did you mean 'optimizer.learning_rate'?")]
    [InlineData("learning_rate", "did you mean 'optimizer.learning_rate'?")]
    public async Task An_unknown_key_is_one_line_with_the_one_that_was_meant(string name, string meant)
    {
        var run = await CommandRun.OfAsync("config", name);

        Assert.Equal((2, ""), (run.ExitCode, run.Output));
        Assert.Equal($"flglm: '{name}' is no key and no section; {meant} `flglm config` shows all.", Assert.Single(run.ErrorLines));
    }

    private static async Task<IReadOnlyList<JsonElement>> KeysAsync()
    {
        var run = await CommandRun.OfAsync("config", "--json");
        return [.. JsonDocument.Parse(Assert.Single(run.OutputLines)).RootElement.GetProperty("keys").EnumerateArray()];
    }

    private static string Text(JsonElement json, string name) => json.GetProperty(name).GetString()!;
}
