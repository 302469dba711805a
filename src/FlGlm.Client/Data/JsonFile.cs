using System.Text.Json;
using FlGlm.Core.Checkpoints;
using FlGlm.Core.Configuration;

namespace FlGlm.Client.Data;

/// <summary>Reads a checkpoint's small JSON files.</summary>
internal static class JsonFile
{
    /// <summary>Whether a field is there and its value, of whatever kind, has a text in it; upper and lower case are one.</summary>
    internal static bool Mentions(JsonElement config, string field, string text) =>
        config.TryGetProperty(field, out var value) && value.GetRawText().Contains(text, StringComparison.OrdinalIgnoreCase);

    /// <summary>The document, an object; null where there is no such file.</summary>
    internal static JsonDocument? Read(string path)
    {
        if (!File.Exists(path))
            return null;
        try
        {
            var json = JsonDocument.Parse(LfsPointer.ReadFile(path));
            return json.RootElement.ValueKind == JsonValueKind.Object ? json : throw new JsonException("not an object");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CheckpointException(path, $"'{path}' cannot be read: {error.Message}", inner: error);
        }
        catch (JsonException error)
        {
            throw new CheckpointException(path, $"'{path}' cannot be read as a JSON object; fetch it anew.", inner: error);
        }
    }
}
