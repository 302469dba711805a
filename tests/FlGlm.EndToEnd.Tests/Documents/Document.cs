using System.Text.RegularExpressions;
using FlGlm.Testing;

namespace FlGlm.EndToEnd.Tests.Documents;

/// <summary>A page of the repository, with its commands and paths.</summary>
internal sealed partial class Document(string name)
{
    /// <summary>Every page, by its path from the root.</summary>
    public static IEnumerable<string> Names => Directory
        .GetFiles(RepositoryFolder.At(), "*.md", SearchOption.AllDirectories)
        .Select(path => Path.GetRelativePath(RepositoryFolder.At(), path))
        .Where(path => !path.Split(Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj" or "artifacts" or "runs"));

    public string Text { get; } = File.ReadAllText(RepositoryFolder.At(name));

    /// <summary>The command lines of <c>./flglm</c>: whole lines of code (a backslash joins two), or between backticks; a shell's $variable as the word.</summary>
    public IEnumerable<string> FlGlmLines => CommandLine()
        .Matches(Text.Replace("\\\n", " ", StringComparison.Ordinal))
        .Select(match => match.Groups["arguments"].Value.Replace("$", "", StringComparison.Ordinal).Trim())
        .Where(arguments => arguments.Length > 0);

    /// <summary>Paths from the root, between backticks or in a command.</summary>
    public IEnumerable<string> Paths => NamedPath().Matches(Text).Select(match => match.Groups["path"].Value.TrimEnd('.')).Distinct();

    /// <summary>The inside of the code blocks of a language.</summary>
    public IEnumerable<string> Blocks(string language) =>
        Regex.Matches(Text, $"```{language}\n(?<code>.*?)```", RegexOptions.Singleline).Select(match => match.Groups["code"].Value);

    [GeneratedRegex(@"(?<=^ *|`)\./flglm(?<arguments>( [^`#|&\n]*)?)", RegexOptions.Multiline)]
    private static partial Regex CommandLine();

    [GeneratedRegex(@"(?<=[`( ]|^)(\./)?(?<path>(src|tests|docs|configs|demo|eng|samples)/[\w./-]*\w/?|test\.sh|[A-Z]+\.md)(?=[`),:; ]|\.?$)", RegexOptions.Multiline)]
    private static partial Regex NamedPath();
}
