using System.Text.Json;
using FlGlm.Core.Configuration;

namespace FlGlm.Core.Checkpoints;

/// <summary>The small JSON files of a checkpoint directory.</summary>
public static class JsonFile
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>Reads a file that holds one JSON object.</summary>
    /// <exception cref="CheckpointException">It is missing, or holds something else.</exception>
    public static JsonElement ReadObject(string path)
    {
        using var file = new MappedFile(path);
        try
        {
            using var json = JsonDocument.Parse(file.Read(0, checked((int)file.Length)), Strict);
            return json.RootElement.ValueKind == JsonValueKind.Object
                ? json.RootElement.Clone()
                : throw new CheckpointException(path, $"'{path}' holds no JSON object. Copy or download it again.");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or OverflowException)
        {
            throw new CheckpointException(path, $"'{path}' is not JSON: {e.Message} Copy or download it again.", inner: e);
        }
    }

    /// <summary>Writes a value, indented, atomically.</summary>
    public static void Write(string path, object value) => AtomicFile.Write(path, stream => JsonSerializer.Serialize(stream, value, Indented));
}
