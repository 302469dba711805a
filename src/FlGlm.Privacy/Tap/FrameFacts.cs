using System.Globalization;
using System.Text.Json.Nodes;

namespace FlGlm.Privacy.Tap;

/// <summary>Reads the fields of a recorded control message; 64-bit numbers are texts in it.</summary>
internal static class FrameFacts
{
    /// <summary>Stands alone for a control message that could not be read.</summary>
    public const string Malformed = "malformed";

    public static long Number(this JsonNode facts, string field) => facts[field] is JsonValue value ? long.Parse(value.ToString(), CultureInfo.InvariantCulture) : 0;

    public static bool Flag(this JsonNode facts, string field) => facts[field] is JsonValue value && value.GetValue<bool>();

    public static string Text(this JsonNode facts, string field) => facts[field]?.ToString() ?? "";

    public static int[] Numbers(this JsonNode facts, string field) =>
        facts[field] is JsonArray values ? [.. values.Select(value => int.Parse(value!.ToString(), CultureInfo.InvariantCulture))] : [];
}
