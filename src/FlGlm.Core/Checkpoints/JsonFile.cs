using System.Text.Json;
using FlGlm.Core.Configuration;

namespace FlGlm.Core.Checkpoints;

/// <summary>The small JSON files of a checkpoint directory.</summary>
public static class JsonFile
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>Reads a file that holds one JSON object, no field of it twice.</summary>
    /// <exception cref="CheckpointException">It is missing, or holds something else.</exception>
    public static JsonElement ReadObject(string path) => ReadObject(path, Strict);

    /// <summary>Reads a file that holds one JSON object, null where there is no such file. Of fields with one name the last counts, as in Python.</summary>
    /// <exception cref="CheckpointException">It holds something else.</exception>
    public static JsonElement? FindObject(string path) => File.Exists(path) ? ReadObject(path, default) : null;

    /// <summary>Whether a field is there and its value, of whatever kind, has a text in it; upper and lower case are one.</summary>
    public static bool Mentions(JsonElement config, string field, string text) =>
        config.TryGetProperty(field, out var value) && value.GetRawText().Contains(text, StringComparison.OrdinalIgnoreCase);

    /// <summary>Writes a value, indented, atomically.</summary>
    public static void Write(string path, object value) => AtomicFile.Write(path, stream => JsonSerializer.Serialize(stream, value, Indented));

    private static JsonElement ReadObject(string path, JsonDocumentOptions options)
    {
        using var file = new CheckpointFile(path);
        try
        {
            using var json = JsonDocument.Parse(file.Read(0, checked((int)file.Length)), options);
            return json.RootElement.ValueKind == JsonValueKind.Object ? json.RootElement.Clone() : throw new JsonException("It holds something else.");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or OverflowException)
        {
            throw new CheckpointException(path, $"'{path}' cannot be read as a JSON object: {e.Message} Copy or download it again.", inner: e);
        }
    }
}
