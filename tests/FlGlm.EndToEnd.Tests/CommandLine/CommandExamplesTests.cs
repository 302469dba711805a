using System.CommandLine;
using System.CommandLine.Parsing;
using FlGlm.Cli;
using FlGlm.Cli.CommandLine;
using FlGlm.Core.Configuration;
using FlGlm.Testing;

namespace FlGlm.EndToEnd.Tests.CommandLine;

public sealed class CommandExamplesTests
{
    public static TheoryData<string> Commands => [.. Root.Subcommands.Select(command => command.Name)];

    private static Command Root => FlGlmCommandLine.Parse([], new GlobalOptions()).RootCommandResult.Command;

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task The_help_of_a_command_ends_with_examples_of_it(string name)
    {
        var examples = CommandExamples.Of(Root.Subcommands.Single(command => command.Name == name));
        var help = (await CommandRun.OfAsync(name, "--help")).OutputLines;

        Assert.InRange(examples.Count, 1, 2);
        Assert.Equal(["Examples:", .. examples], help.TakeLast(examples.Count + 1));
        Assert.All(examples, example => Assert.StartsWith($"flglm {name}", example, StringComparison.Ordinal));
        Assert.All(examples, IsUnderstood);
    }

    [Fact]
    public async Task The_help_of_the_program_ends_with_examples_too()
    {
        var examples = CommandExamples.Of(Root);

        Assert.Equal(["Examples:", .. examples], (await CommandRun.OfAsync("--help")).OutputLines.TakeLast(examples.Count + 1));
        Assert.All(examples, IsUnderstood);
    }

    private static void IsUnderstood(string example)
    {
        string[] words = [.. CommandLineParser.SplitCommandLine(example).Skip(1)];
        Assert.Empty(FlGlmCommandLine.Parse(words, new GlobalOptions()).Errors.Select(error => error.Message));
        foreach (var path in words.Where(word => word.StartsWith("configs/", StringComparison.Ordinal) || word.StartsWith("demo/", StringComparison.Ordinal)))
            Assert.True(Path.Exists(RepositoryFolder.At(path)), $"'{example}' names {path}, which is not there.");
        if (words is [not "init", ..] && After("--config", words).FirstOrDefault(path => path.StartsWith("configs/", StringComparison.Ordinal)) is { } config)
            Assert.NotNull(ConfigFile.Load<FlGlmConfig>(RepositoryFolder.At(config), [.. After("--set", words)]));
    }

    private static IEnumerable<string> After(string option, string[] words) =>
        words.Zip(words.Skip(1)).Where(pair => pair.First == option).Select(pair => pair.Second);
}
