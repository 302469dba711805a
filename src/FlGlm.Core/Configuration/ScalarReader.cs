using System.Globalization;

namespace FlGlm.Core.Configuration;

/// <summary>Parses a text as a typed value, in the invariant culture.</summary>
internal static class ScalarReader
{
    /// <summary>Describes the valid values of this type, for error messages.</summary>
    public static string Describe(Type type) => type switch
    {
        _ when type == typeof(bool) => "true or false",
        _ when type == typeof(int) || type == typeof(long) => "a whole number",
        _ when type == typeof(double) || type == typeof(float) => "a number",
        { IsEnum: true } => "one of " + string.Join(", ", ConfigKeys.Words(type).Select(w => w.Word)),
        _ => "text",
    };

    /// <summary>The value, or null if the text is not valid for this type.</summary>
    public static object? Read(Type type, string text) => type switch
    {
        _ when type == typeof(string) => text,
        _ when type == typeof(bool) => text switch { "true" => true, "false" => false, _ => null },
        _ when type == typeof(int) => int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var i) ? i : null,
        _ when type == typeof(long) => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var l) ? l : null,
        _ when type == typeof(float) => float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var f) ? f : null,
        _ when type == typeof(double) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var d) ? d : null,
        { IsEnum: true } => ConfigKeys.Words(type).FirstOrDefault(w => Same(w.Word, text)).Value,
        _ => throw new NotSupportedException($"A setting of type {type.Name} cannot be read from YAML."),
    };

    private static bool Same(string word, string text) =>
        word.Replace('-', '_').Equals(text.Replace('-', '_'), StringComparison.OrdinalIgnoreCase);
}
