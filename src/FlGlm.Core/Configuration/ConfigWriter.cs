using System.Collections;
using System.Globalization;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace FlGlm.Core.Configuration;

/// <summary>Writes a settings record as YAML; <see cref="ConfigFile"/> reads the same record back.</summary>
public static class ConfigWriter
{
    /// <summary>Every key with its value, sections in the order of declaration.</summary>
    public static string Write(object settings)
    {
        var text = new StringWriter { NewLine = "\n" };
        var emitter = new Emitter(text);
        emitter.Emit(new StreamStart());
        emitter.Emit(new DocumentStart(version: null, tags: null, isImplicit: true));
        EmitSection(emitter, settings);
        emitter.Emit(new DocumentEnd(isImplicit: true));
        emitter.Emit(new StreamEnd());
        return text.ToString();
    }

    /// <summary>The keys whose values differ in two records of one type, with both values as they are written.</summary>
    public static IReadOnlyList<(string Key, string First, string Second)> Differences(object first, object second) =>
    [
        .. Lines(first).Zip(Lines(second)).Where(pair => pair.First.Value != pair.Second.Value).Select(pair => (pair.First.Key, pair.First.Value, pair.Second.Value)),
    ];

    /// <summary>Every dotted key with its value as one line of YAML, the same for equal settings: a list with <see cref="AnyOrderAttribute"/> is sorted.</summary>
    public static IEnumerable<(string Key, string Value)> Lines(object settings) => Lines(settings, "");

    /// <summary>A value as it stands behind its key, in one line.</summary>
    internal static string Line(Type type, object? value)
    {
        const string Key = "key";
        var text = new StringWriter { NewLine = "\n" };
        var emitter = new Emitter(text, new EmitterSettings().WithBestWidth(int.MaxValue));
        emitter.Emit(new StreamStart());
        emitter.Emit(new DocumentStart(version: null, tags: null, isImplicit: true));
        emitter.Emit(new MappingStart());
        emitter.Emit(new Scalar(Key));
        EmitValue(emitter, type, value);
        emitter.Emit(new MappingEnd());
        emitter.Emit(new DocumentEnd(isImplicit: true));
        emitter.Emit(new StreamEnd());
        return text.ToString().Trim()[$"{Key}: ".Length..];
    }

    /// <summary>One value as written in YAML, without quotes; floats with the fewest digits that read back exactly.</summary>
    internal static string Scalar(object value) => value switch
    {
        bool flag => flag ? "true" : "false",
        Enum word => ConfigKeys.Words(word.GetType()).First(w => w.Value.Equals(word)).Word,
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    private static IEnumerable<(string Key, string Value)> Lines(object section, string prefix) => ConfigKeys.Properties(section.GetType()).SelectMany(property =>
    {
        var key = ConfigKeys.Join(prefix, ConfigKeys.NameOf(property));
        var value = property.GetValue(section);
        if (ConfigKeys.IsSection(property.PropertyType))
            return Lines(value!, key);
        return [(key, Item(property.PropertyType, property.IsDefined(typeof(AnyOrderAttribute), inherit: true) ? Sorted(value) : value))];
    });

    /// <summary>A value as it stands in a list of one, without the brackets.</summary>
    private static string Item(Type type, object? value)
    {
        var text = new StringWriter { NewLine = "\n" };
        var emitter = new Emitter(text, new EmitterSettings().WithBestWidth(int.MaxValue));
        emitter.Emit(new StreamStart());
        emitter.Emit(new DocumentStart(version: null, tags: null, isImplicit: true));
        emitter.Emit(new SequenceStart(AnchorName.Empty, TagName.Empty, isImplicit: true, SequenceStyle.Flow));
        EmitValue(emitter, type, value);
        emitter.Emit(new SequenceEnd());
        emitter.Emit(new DocumentEnd(isImplicit: true));
        emitter.Emit(new StreamEnd());
        return text.ToString().Trim()[1..^1];
    }

    private static object? Sorted(object? list) => list switch
    {
        NamesOrText { Text: null } names => NamesOrText.OfNames([.. names.Names.Order(StringComparer.Ordinal)]),
        IReadOnlyList<string> texts => texts.Order(StringComparer.Ordinal).ToArray(),
        IReadOnlyList<int> numbers => numbers.Order().ToArray(),
        _ => list,
    };

    private static void EmitSection(Emitter emitter, object section)
    {
        emitter.Emit(new MappingStart());
        foreach (var property in ConfigKeys.Properties(section.GetType()))
        {
            emitter.Emit(new Scalar(ConfigKeys.NameOf(property)));
            EmitValue(emitter, property.PropertyType, property.GetValue(section));
        }

        emitter.Emit(new MappingEnd());
    }

    private static void EmitValue(Emitter emitter, Type type, object? value)
    {
        if (ConfigKeys.IsSection(type))
            EmitSection(emitter, value!);
        else if (value is not null && ConfigKeys.ListElement(type) is { } element)
            EmitList(emitter, element, (IEnumerable)value);
        else if (ConfigKeys.MapValue(type) is { } mapped)
            EmitMap(emitter, mapped, (IEnumerable)value!);
        else if (value is NamesOrText { Text: null } names)
            EmitList(emitter, typeof(string), names.Names);
        else
            emitter.Emit(new Scalar(AnchorName.Empty, TagName.Empty, value is null ? Absent(type) : Scalar(value), Style(value), isPlainImplicit: true, isQuotedImplicit: true));
    }

    /// <summary>A number or a list that is not set follows from something else.</summary>
    private static string Absent(Type type) => Nullable.GetUnderlyingType(type) is null && ConfigKeys.ListElement(type) is null ? "null" : "auto";

    private static void EmitList(Emitter emitter, Type element, IEnumerable items)
    {
        emitter.Emit(new SequenceStart(AnchorName.Empty, TagName.Empty, isImplicit: true, SequenceStyle.Flow));
        foreach (var item in items)
            EmitValue(emitter, element, item);
        emitter.Emit(new SequenceEnd());
    }

    /// <summary>Names of the user's choice with their values: <c>{q_proj: 4}</c>.</summary>
    private static void EmitMap(Emitter emitter, Type mapped, IEnumerable pairs)
    {
        emitter.Emit(new MappingStart(AnchorName.Empty, TagName.Empty, isImplicit: true, MappingStyle.Flow));
        foreach (var pair in pairs)
        {
            EmitValue(emitter, typeof(string), pair.GetType().GetProperty("Key")!.GetValue(pair));
            EmitValue(emitter, mapped, pair.GetType().GetProperty("Value")!.GetValue(pair));
        }

        emitter.Emit(new MappingEnd());
    }

    /// <summary>A text that YAML would read as null is quoted, and one with line ends is written in one line.</summary>
    private static ScalarStyle Style(object? value) => value switch
    {
        "" or "~" or "null" => ScalarStyle.SingleQuoted,
        string or NamesOrText when value.ToString()!.Any(c => char.IsControl(c) || c is '\u2028' or '\u2029') => ScalarStyle.DoubleQuoted,
        _ => ScalarStyle.Any,
    };
}
