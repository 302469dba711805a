using System.Text.Encodings.Web;
using System.Text.Json;

namespace FlGlm.Cli.Hosting;

/// <summary>The format of our JSON lines: snake_case, and no unnecessary escapes.</summary>
internal static class JsonLines
{
    public static JsonSerializerOptions Readable { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };
}
