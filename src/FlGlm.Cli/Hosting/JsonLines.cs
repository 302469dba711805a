using System.Text.Encodings.Web;
using System.Text.Json;

namespace FlGlm.Cli.Hosting;

/// <summary>How our JSON lines look: snake_case, and no escapes that a reader does not need.</summary>
internal static class JsonLines
{
    public static JsonSerializerOptions Readable { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };
}
