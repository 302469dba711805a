using System.Text.Json;
using FlGlm.Core.Configuration;

namespace FlGlm.Client.Tasks;

/// <summary>XSum as its authors publish it: a file that names the articles of each split, and a folder with a file for each article.</summary>
internal static class XSumSplits
{
    private const string Articles = "bbc-summary-data";

    /// <summary>The articles of a split; null where the folder is not in that form.</summary>
    /// <exception cref="DataException">The list of articles cannot be read, or an article is missing.</exception>
    public static IReadOnlyList<string>? Find(string folder, string split)
    {
        if (Directory.EnumerateFiles(folder, "XSum-*SPLIT*.json").FirstOrDefault() is not { } list)
            return null;
        var articles = Path.Combine(folder, Articles);
        string[] found = [.. Ids(list, split == "val" ? "validation" : split).Select(id => Path.Combine(Directory.Exists(articles) ? articles : folder, id + ".summary"))];
        return found.FirstOrDefault(path => !File.Exists(path)) is { } missing
            ? throw new DataException(list, null, $"'{list}' names the article '{Path.GetFileNameWithoutExtension(missing)}', and there is no '{missing}'.")
            : found;
    }

    private static IReadOnlyList<string> Ids(string list, string split)
    {
        try
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(list));
            return [.. json.RootElement.GetProperty(split).EnumerateArray().Select(id => id.GetString()!)];
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or KeyNotFoundException or IOException or UnauthorizedAccessException)
        {
            throw new DataException(list, null, $"'{list}' has no list of articles for {split}: {error.Message}", error);
        }
    }
}
