using System.Text.Json;
using FlGlm.Core.Configuration;

namespace FlGlm.Core.Checkpoints;

/// <summary>The index of a sharded model: <c>{"metadata": {..}, "weight_map": {"tensor": "file", ..}}</c>.</summary>
internal static class ShardIndex
{
    /// <summary>The file of every tensor.</summary>
    /// <exception cref="CheckpointException">The index is missing or damaged, or names a file outside its own directory.</exception>
    public static IReadOnlyDictionary<string, string> Read(string path)
    {
        var root = JsonFile.ReadObject(path);
        if (!root.TryGetProperty("weight_map", out var map) || map.ValueKind != JsonValueKind.Object)
            throw new CheckpointException(path, $"'{path}' has no weight_map. Copy or download it again.");
        return map.EnumerateObject().ToDictionary(entry => entry.Name, entry => FileName(path, entry));
    }

    private static string FileName(string path, JsonProperty entry)
    {
        var file = entry.Value.ValueKind == JsonValueKind.String ? entry.Value.GetString()! : "";
        return file.Length > 0 && Path.GetFileName(file) == file && file is not ("." or "..") && !file.Any(char.IsControl)
            ? file
            : throw new CheckpointException(
                path, $"'{path}' names no file of its own directory for '{entry.Name}'. Copy or download it again.", entry.Name);
    }
}
