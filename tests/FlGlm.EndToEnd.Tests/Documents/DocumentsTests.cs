using System.CommandLine.Parsing;
using System.Text.RegularExpressions;
using FlGlm.Cli;
using FlGlm.Cli.CommandLine;
using FlGlm.Core.Configuration;
using FlGlm.Testing;

namespace FlGlm.EndToEnd.Tests.Documents;

/// <summary>Commands, paths and types in the pages are valid.</summary>
public sealed partial class DocumentsTests
{
    public static TheoryData<string> Pages => [.. Document.Names];

    [Theory]
    [MemberData(nameof(Pages))]
    public void Every_command_line_shown_is_understood(string page) => Assert.All(
        new Document(page).FlGlmLines,
        line =>
        {
            var words = CommandLineParser.SplitCommandLine(line).ToArray();
            Assert.Empty(FlGlmCommandLine.Parse(words, new GlobalOptions()).Errors.Select(error => error.Message));
            if (After("--config", words).FirstOrDefault(path => path.StartsWith("configs/", StringComparison.Ordinal)) is { } config)
                Assert.NotNull(ConfigFile.Load<FlGlmConfig>(RepositoryFolder.At(config), [.. After("--set", words)]));
        });

    [Theory]
    [MemberData(nameof(Pages))]
    public void Every_path_named_exists(string page) =>
        Assert.All(new Document(page).Paths, path => Assert.True(Path.Exists(RepositoryFolder.At(path)), $"{page} names {path}, which is not there."));

    [Fact]
    public void The_readme_shows_the_two_commands_and_stays_short()
    {
        var readme = new Document("README.md");
        Assert.Contains("demo", readme.FlGlmLines);
        Assert.Contains("test.sh", readme.Paths);
        Assert.InRange(readme.Text.Split('\n').Length, 1, 120);
    }

    [Fact]
    public void The_readme_s_configuration_is_in_order()
    {
        using var folder = new TempFolder();
        var path = Path.Combine(folder.Path, "run.yaml");
        File.WriteAllText(path, Assert.Single(new Document("README.md").Blocks("yaml")));
        Assert.Equal("127.0.0.1:7400", ConfigFile.Load<FlGlmConfig>(path, []).Settings.Client.Connect);
    }

    [Fact]
    public void The_readme_s_code_stands_in_a_sample()
    {
        var sample = File.ReadAllText(RepositoryFolder.At("samples", "01-OneProcess", "Program.cs")).Split('\n').ToHashSet();
        var shown = Assert.Single(new Document("README.md").Blocks("csharp")).Split('\n').Select(line => line.Split(" // ")[0].TrimEnd());
        Assert.All(shown, line => Assert.Contains(line, sample));
    }

    [Fact]
    public void The_walk_names_types_and_files_that_exist()
    {
        var walk = new Document(Path.Combine("docs", "walk.md")).Text;
        var sources = Directory.GetFiles(RepositoryFolder.At("src"), "*.cs", SearchOption.AllDirectories).Select(path => path.Replace('\\', '/')).ToList();
        var types = TypeName().Matches(walk).Select(match => match.Groups[1].Value).ToList();
        var files = SourceFile().Matches(walk).Select(match => match.Groups[1].Value).ToList();

        Assert.True(types.Count > 10 && files.Count > 10);
        Assert.All(types, type => Assert.Contains(sources, path => path.EndsWith($"/{type}.cs", StringComparison.Ordinal)));
        Assert.All(files, file => Assert.Contains(sources, path => path.EndsWith($"/src/FlGlm.{file}", StringComparison.Ordinal)));
    }

    [Fact]
    public void Every_ready_made_configuration_has_its_row() => Assert.Equal(
        Directory.GetFiles(RepositoryFolder.At("configs"), "*.yaml", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(RepositoryFolder.At("configs"), path).Replace('\\', '/')).Order(),
        Row().Matches(new Document(Path.Combine("configs", "README.md")).Text).Select(match => match.Groups[1].Value).Order());

    private static IEnumerable<string> After(string option, string[] words) =>
        words.Zip(words.Skip(1)).Where(pair => pair.First == option).Select(pair => pair.Second);

    [GeneratedRegex(@"`([A-Z]\w+)`")]
    private static partial Regex TypeName();

    [GeneratedRegex(@"(?<=[ (`])((Core|Client|Server)/[\w/]+\.cs)")]
    private static partial Regex SourceFile();

    [GeneratedRegex(@"(?<=^\|[^|]*)`(((tasks|simulate|bench|privacy)/)?[\w-]+\.yaml)`(?=[^|]*\|)", RegexOptions.Multiline)]
    private static partial Regex Row();
}
