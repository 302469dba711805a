using System.Reflection;
using System.Text.RegularExpressions;

namespace FlGlm.Core.Configuration;

/// <summary>Describes the values that a setting takes: by its type, by what its validation says of a wrong one, and by its summary.</summary>
internal static partial class ConfigValues
{
    /// <summary>A summary begins with what a number counts: "Steps between two checkpoints", "The most rows".</summary>
    private const int WordsBeforeUnit = 4;
    private static readonly MethodInfo Copy = typeof(object).GetMethod("MemberwiseClone", BindingFlags.Instance | BindingFlags.NonPublic)!;

    private static readonly HashSet<string> Units =
    [
        "answers", "batches", "beams", "blocks", "bytes", "checkpoints", "clients", "epochs", "parts", "positions", "prompts", "questions", "resamples", "rounds", "rows",
        "seconds", "steps", "threads", "tokens", "validations",
    ];

    /// <summary>In words, such as <c>a whole number; 1 or more</c>.</summary>
    /// <param name="section">the record with the defaults that the setting is one of</param>
    public static string Describe(PropertyInfo property, object section)
    {
        var kind = Kind(property.PropertyType, CanBeUnset(property, section));
        return Limits(property, section) is { } limits ? $"{kind}; {limits}" : kind;
    }

    /// <summary>What a number counts; empty = nothing, or the setting is none.</summary>
    public static string UnitOf(PropertyInfo property, string summary)
    {
        if (!IsNumber(Element(property.PropertyType)))
            return "";
        var name = ConfigKeys.NameOf(property);
        if (name.EndsWith("_s", StringComparison.Ordinal))
            return "seconds";
        if (name.EndsWith("_bytes", StringComparison.Ordinal))
            return "bytes";
        return Word().Matches(summary).Take(WordsBeforeUnit).Select(match => match.Value.ToLowerInvariant()).FirstOrDefault(Units.Contains) ?? "";
    }

    /// <summary>The words of a choice, with the fields that document them.</summary>
    public static IEnumerable<(string Word, FieldInfo Field)> WordsOf(PropertyInfo property) => Element(property.PropertyType) is { IsEnum: true } choice
        ? ConfigKeys.Words(choice).Zip(choice.GetFields(BindingFlags.Public | BindingFlags.Static), (word, field) => (word.Word, field))
        : [];

    private static string Kind(Type type, bool canBeUnset)
    {
        var one = ScalarReader.Describe(Element(type));
        var kind = type == typeof(NamesOrText) ? "a list of names, or one text"
            : ConfigKeys.ListElement(type) is not null ? $"a list (each: {one})"
            : ConfigKeys.MapValue(type) is not null ? $"names with {one} each"
            : one;
        return canBeUnset ? $"{kind}, or auto" : kind;
    }

    private static bool CanBeUnset(PropertyInfo property, object section) =>
        Nullable.GetUnderlyingType(property.PropertyType) is not null || (ConfigKeys.ListElement(property.PropertyType) is not null && property.GetValue(section) is null);

    /// <summary>What the validation says behind the semicolon of a value that no setting takes: <c>-1 is no batch; 1 or more.</c></summary>
    private static string? Limits(PropertyInfo property, object section)
    {
        if (section is not IValidated || Wrong(property.PropertyType) is not { } wrong)
            return null;
        var copy = (IValidated)Copy.Invoke(section, [])!;
        property.SetValue(copy, wrong);
        return copy.Validate().FirstOrDefault(problem => problem.Key == ConfigKeys.NameOf(property))?.Message.Split("; ", 2) is [_, var limits] ? limits.TrimEnd('.') : null;
    }

    private static object? Wrong(Type type) => (Nullable.GetUnderlyingType(type) ?? type) switch
    {
        var kind when kind == typeof(int) => -1,
        var kind when kind == typeof(long) => -1L,
        var kind when kind == typeof(double) => -1.0,
        var kind when kind == typeof(string) => "?",
        var kind when kind == typeof(IReadOnlyList<int>) => new[] { -1 },
        var kind when kind == typeof(IReadOnlyList<string>) => new[] { "?" },
        _ => null,
    };

    private static bool IsNumber(Type type) => type == typeof(int) || type == typeof(long) || type == typeof(double) || type == typeof(float);

    /// <summary>The type of one value.</summary>
    private static Type Element(Type type) => ConfigKeys.ListElement(type) ?? ConfigKeys.MapValue(type) ?? (type == typeof(NamesOrText) ? typeof(string) : Nullable.GetUnderlyingType(type) ?? type);

    [GeneratedRegex(@"\w+")]
    private static partial Regex Word();
}
