using System.Text.Json;
using System.Text.Json.Serialization;
using FlGlm.Cli.Hosting;

namespace FlGlm.Cli.Web.State;

/// <summary>The form of what the page's script reads.</summary>
internal static class PageJson
{
    private static readonly JsonSerializerOptions Form = new(JsonLines.Readable) { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

    public static string Write(object value) => JsonSerializer.Serialize(value, Form);

    /// <summary>JSON has neither NaN nor infinite numbers: nothing instead.</summary>
    public static double? Number(double? value) => value is { } number && double.IsFinite(number) ? number : null;

    /// <summary>With the digits of the float, so that it equals the line of metrics.jsonl.</summary>
    public static float? Number(float? value) => value is { } number && float.IsFinite(number) ? number : null;
}
