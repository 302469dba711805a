using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace FlGlm.Cli.Hosting;

/// <summary>The format of our JSON lines: snake_case, and no unnecessary escapes.</summary>
internal static class JsonLines
{
    public static JsonSerializerOptions Readable { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    /// <summary>An object as one line whose first field, <c>event</c>, says what it is.</summary>
    public static string Line(string @event, object fields)
    {
        var line = JsonSerializer.SerializeToNode(fields, Readable)!.AsObject();
        line.Insert(0, "event", @event);
        return line.ToJsonString(Readable);
    }
}
