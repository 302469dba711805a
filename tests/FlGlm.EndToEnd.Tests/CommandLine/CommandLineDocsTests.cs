using System.Text.RegularExpressions;
using FlGlm.Cli;
using FlGlm.Core.Configuration;
using FlGlm.Testing;

namespace FlGlm.EndToEnd.Tests.CommandLine;

public sealed partial class CommandLineDocsTests
{
    private static readonly string Page = File.ReadAllText(RepositoryFolder.At("docs", "cli.md"));

    [Fact]
    public void Every_configuration_key_has_its_row_with_its_default()
    {
        var rows = Page.Split("## Configuration")[1].Split("## Backends")[0].Split('\n').Where(line => line.StartsWith("| `", StringComparison.Ordinal));

        Assert.Equal(ConfigKeys.Of(typeof(FlGlmConfig)).Order(), Defaults().Select(setting => setting.Key).Order());
        Assert.Equal(
            Defaults().Select(setting => $"| `{setting.Key}` | `{setting.Value}` ").Order(),
            rows.Select(row => string.Join('|', row.Split('|')[..3])).Order());
    }

    [Fact]
    public void Every_exit_code_has_its_row() =>
        Assert.All(Enum.GetValues<ExitCode>(), code => Assert.Contains($"| {(int)code} | {code} |", Page, StringComparison.Ordinal));

    [Fact]
    public async Task Every_command_and_option_is_named()
    {
        var help = (await CommandRun.OfAsync("--help")).OutputLines;
        var commands = help.SkipWhile(line => line != "Commands:").Skip(1).TakeWhile(line => line != "Examples:").Select(line => line.Split(' ')[0]).ToList();

        Assert.Contains("server", commands);
        foreach (var command in commands)
        {
            Assert.Contains($"`flglm {command}", Page, StringComparison.Ordinal);
            var options = Option().Matches((await CommandRun.OfAsync(command, "--help")).Output).Select(match => match.Value);
            Assert.All(options, option => Assert.Contains(option, Page, StringComparison.Ordinal));
        }
    }

    /// <summary>The default configuration as it is written, flattened to dotted keys.</summary>
    private static IEnumerable<(string Key, string Value)> Defaults()
    {
        var path = new List<string>();
        foreach (var line in ConfigWriter.Write(new FlGlmConfig()).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var depth = (line.Length - line.TrimStart().Length) / 2;
            var (name, value) = (line.Trim().Split(':')[0], line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim());
            path = [.. path.Take(depth), name];
            if (value.Length > 0)
                yield return (string.Join('.', path), value);
        }
    }

    [GeneratedRegex("--[a-z][a-z-]*")]
    private static partial Regex Option();
}
