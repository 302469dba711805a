using FlGlm.Client.Data;
using FlGlm.Client.Data.Formats;
using FlGlm.Core.Configuration;

namespace FlGlm.Client.Tasks;

/// <summary>Finds a task's files in its folder, under the names they are published with.</summary>
internal static class TaskFiles
{
    private static readonly Dictionary<string, string[]> Names = new()
    {
        ["train"] = ["train"],
        ["val"] = ["val", "validation", "dev"],
        ["test"] = ["test"],
    };

    /// <summary>The splits' names.</summary>
    public static IReadOnlyCollection<string> Splits => Names.Keys;

    /// <summary>The settings with the folder's files in the place of those that are not named; a folder may have none to validate with.</summary>
    /// <exception cref="DataException">The folder has no training file.</exception>
    public static DataSettings Complete(DataSettings settings) => settings with
    {
        Train = settings.Train.Count > 0 ? settings.Train : Find(settings, "train"),
        Validation = settings.Validation.Count > 0 || settings.Folder.Length == 0 ? settings.Validation : FindIn(FolderOf(settings), "val") ?? [],
    };

    /// <summary>The files of a split: those that are named for it, else the folder's.</summary>
    /// <exception cref="DataException">There are none.</exception>
    public static IReadOnlyList<string> Find(DataSettings settings, string split)
    {
        var named = split switch { "train" => settings.Train, "val" => settings.Validation, _ => [] };
        if (named.Count > 0)
            return named;
        return settings.Folder.Length > 0
            ? Find(FolderOf(settings), split)
            : throw new ConfigurationException("data.folder", $"is not set, and no file is named for {split}; the folder of the task's files.");
    }

    private static string FolderOf(DataSettings settings)
    {
        var folder = HomePath.Expand(settings.Folder);
        return Directory.Exists(folder)
            ? folder
            : throw new DataException(folder, null, $"There is no folder '{folder}' (looked for in '{Path.GetFullPath(folder)}'); data.folder names it.");
    }

    private static IReadOnlyList<string> Find(string folder, string split)
    {
        if (FindIn(folder, split) is { } found)
            return found;
        var has = string.Join(", ", Directory.EnumerateFiles(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal).Take(8));
        throw new DataException(
            folder,
            null,
            $"'{folder}' has no file for {split}: none is named {string.Join(" or ", Names[split])} with one of {RowReaders.KnownExtensions}. It has {(has.Length > 0 ? has : "no files")}{Others(split)}.");
    }

    private static IReadOnlyList<string>? FindIn(string folder, string split)
    {
        if (XSumSplits.Find(folder, split) is { } articles)
            return articles;
        foreach (var name in Names[split])
        {
            string[] found = [.. Directory.EnumerateFiles(folder).Where(path => IsNamed(path, name)).Order(StringComparer.Ordinal)];
            if (found.Select(Path.GetExtension).Distinct().Count() > 1)
                throw new DataException(folder, null, $"'{folder}' has {string.Join(" and ", found.Select(Path.GetFileName))} for {split}; leave one there{Others(split)}.");
            if (found.Length > 0)
                return found;
        }

        return null;
    }

    /// <summary>As <c>train.jsonl</c>, or one of Hugging Face's shards, <c>train-00000-of-00003.parquet</c>.</summary>
    private static bool IsNamed(string path, string name)
    {
        var file = Path.GetFileNameWithoutExtension(path);
        return RowReaders.FormatOf(path) is not null && (file == name || file.StartsWith(name + "-0", StringComparison.Ordinal));
    }

    private static string Others(string split) => split switch { "train" => "; data.train names others", "val" => "; data.validation names others", _ => "" };
}
