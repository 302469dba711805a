using System.Text.Json;
using FlGlm.Core.Configuration;

namespace FlGlm.Client.Data;

/// <summary>Reads a checkpoint's small JSON files.</summary>
internal static class JsonFile
{
    /// <summary>The document, an object; null where there is no such file.</summary>
    internal static JsonDocument? Read(string path)
    {
        if (!File.Exists(path))
            return null;
        try
        {
            var json = JsonDocument.Parse(File.ReadAllBytes(path));
            return json.RootElement.ValueKind == JsonValueKind.Object ? json : throw new JsonException("not an object");
        }
        catch (Exception error) when (error is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new CheckpointException(path, $"'{path}' cannot be read as a JSON object; fetch it anew.", inner: error);
        }
    }
}
