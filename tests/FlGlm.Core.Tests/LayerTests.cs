using System.Text.RegularExpressions;
using FlGlm.Testing;

namespace FlGlm.Core.Tests;

/// <summary>The folders of FlGlm.Core are layers, read from the source files.</summary>
public sealed partial class LayerTests
{
    /// <summary>A folder may name those before it.</summary>
    private static readonly string[] Order = ["Configuration", "Events", "Compute", "Checkpoints", "Models", "Peft", "Splitting", "Planning", "Wire", "Crypto"];

    private static readonly string Root = RepositoryFolder.At("src", "FlGlm.Core");

    private static readonly ILookup<string, string> Files = Directory
        .EnumerateFiles(Root, "*.cs", SearchOption.AllDirectories)
        .Select(file => Path.GetRelativePath(Root, file).Replace('\\', '/'))
        .Where(file => file.Split('/')[0] is not ("obj" or "bin"))
        .ToLookup(file => file.Split('/')[0]);

    [Fact]
    public void A_folder_names_only_folders_before_it()
    {
        Assert.Equal(Order.Order(), Files.Select(folder => folder.Key).Order());
        var wrong = Order.SelectMany((folder, layer) => Files[folder].SelectMany(file => NamesOf(file, Order[(layer + 1)..])));
        Assert.True(!wrong.Any(), $"These name a folder that comes after their own in {string.Join(", ", Order)}:\n{string.Join('\n', wrong)}");
    }

    [Fact]
    public void A_namespace_is_the_folder_of_its_file()
    {
        var wrong = Files.SelectMany(folder => folder).Where(file => Namespace().Match(File.ReadAllText(Path.Combine(Root, file))).Groups[1].Value != NamespaceOf(file));
        Assert.True(!wrong.Any(), $"The namespaces of these are not those of their folders:\n{string.Join('\n', wrong)}");
    }

    /// <summary>The lines that name one of these folders: its namespace, or one of its types with the last part of the namespace.</summary>
    private static IEnumerable<string> NamesOf(string file, string[] folders)
    {
        if (folders.Length == 0)
            return [];
        var types = folders.SelectMany(folder => Files[folder].Select(other => $@"{folder}\.{Path.GetFileNameWithoutExtension(other)}"));
        var names = new Regex($@"\bFlGlm\.Core\.(?:{string.Join('|', folders)})\b|\b(?:{string.Join('|', types)})\b");
        return File.ReadLines(Path.Combine(Root, file))
            .Index()
            .Where(line => names.IsMatch(line.Item))
            .Select(line => $"src/FlGlm.Core/{file}:{line.Index + 1}: {line.Item.Trim()}");
    }

    private static string NamespaceOf(string file) => "FlGlm.Core." + string.Join('.', file.Split('/')[..^1]);

    [GeneratedRegex(@"^namespace ([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex Namespace();
}
