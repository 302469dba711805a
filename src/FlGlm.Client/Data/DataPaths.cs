using System.Text.RegularExpressions;
using FlGlm.Client.Data.Formats;
using FlGlm.Core.Configuration;
using Microsoft.Extensions.FileSystemGlobbing;

namespace FlGlm.Client.Data;

/// <summary>Finds the files that <c>data.train</c> and <c>data.validation</c> name.</summary>
internal static partial class DataPaths
{
    /// <summary>The most names that a message lists.</summary>
    private const int MostNames = 5;

    /// <summary>The files in the order in which they are named; those of a directory or pattern by their names.</summary>
    /// <exception cref="DataException">A directory holds no data file, a pattern matches none, or a name is a URL.</exception>
    internal static IReadOnlyList<string> Find(IEnumerable<string> named) => [.. named.Select(Local).Select(HomePath.Expand).SelectMany(Find)];

    /// <summary>The files in sets that are read, reported and validated with as one: each alone, but the articles of one folder, a file each, together.</summary>
    internal static IEnumerable<(string Name, IReadOnlyList<string> Paths)> Together(IReadOnlyList<string> paths) => paths.Index()
        .GroupBy(file => RowReaders.FormatOf(file.Item) == DataFormat.Xsum ? (Path.Combine(Path.GetDirectoryName(file.Item)!, "*.summary"), -1) : (file.Item, file.Index))
        .Select(set => (set.Key.Item1, (IReadOnlyList<string>)[.. set.Select(file => file.Item)]));

    /// <summary>For each directory that is named, a line about what of it is not read; none where all of it is.</summary>
    internal static IEnumerable<string> Skipped(IEnumerable<string> named)
    {
        foreach (var path in named.Select(HomePath.Expand).Distinct().Where(Directory.Exists))
        {
            var names = Sorted([
                .. Directory.EnumerateFiles(path).Where(file => !IsData(file)).Select(file => Path.GetFileName(file)),
                .. Directory.EnumerateDirectories(path).Select(directory => Path.GetFileName(directory) + Path.DirectorySeparatorChar),
            ]);
            var more = names.Count > MostNames ? $" and {names.Count - MostNames} more" : "";
            if (names.Count > 0)
            {
                yield return $"{path}: not read: {string.Join(", ", names.Take(MostNames))}{more}. Of a directory, files named {RowReaders.KnownExtensions} are read; "
                    + $"'{Path.Combine(path, "**")}' also looks into the directories in it.";
            }
        }
    }

    /// <exception cref="DataException">The name is a URL, such as <c>https://</c> or <c>hf://</c>: data come from files alone.</exception>
    internal static string Local(string path) => Url().IsMatch(path)
        ? throw new DataException(path, null, $"'{path}' is a URL, and data are read from files of this machine alone: download it first, and name the file.")
        : path;

    [GeneratedRegex("^[A-Za-z][A-Za-z0-9+.-]+://")]
    private static partial Regex Url();

    private static bool IsData(string file) => RowReaders.FormatOf(file) is not null;

    private static IEnumerable<string> Find(string path)
    {
        if (Directory.Exists(path))
        {
            var files = Sorted(Directory.EnumerateFiles(path).Where(IsData));
            return files.Count > 0 ? files : throw new DataException(
                path, null, $"The directory '{path}' holds no data file: none is named {RowReaders.KnownExtensions}. '{Path.Combine(path, "**")}' also looks into the directories in it.");
        }

        return path.Contains('*', StringComparison.Ordinal) && !File.Exists(path) ? Match(path) : [path];
    }

    private static IReadOnlyList<string> Match(string path)
    {
        var parts = path.Split('/', Path.DirectorySeparatorChar);
        var fixedParts = parts.TakeWhile(part => !part.Contains('*', StringComparison.Ordinal)).ToArray();
        var root = fixedParts is [""] ? "/" : Path.Combine(fixedParts is [] ? ["."] : [.. fixedParts.Select(part => part.Length == 0 ? "/" : part)]);
        var matcher = new Matcher(StringComparison.Ordinal);
        matcher.AddInclude(string.Join('/', parts.Skip(fixedParts.Length)));
        var files = Directory.Exists(root) ? Sorted(matcher.GetResultsInFullPath(root).Select(file => Shorten(file, path))) : [];
        return files.Count > 0 ? files : throw new DataException(path, null, $"No file matches '{path}' (looked for below '{Path.GetFullPath(root)}').");
    }

    /// <summary>A relative pattern gives relative paths, which messages show as they were meant.</summary>
    private static string Shorten(string file, string pattern) => Path.IsPathRooted(pattern) ? file : Path.GetRelativePath(".", file);

    private static IReadOnlyList<string> Sorted(IEnumerable<string> files) => [.. files.Order(StringComparer.Ordinal)];
}
