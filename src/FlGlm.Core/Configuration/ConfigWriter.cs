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

    /// <summary>One value as written in YAML, without quotes; floats with the fewest digits that read back exactly.</summary>
    internal static string Scalar(object value) => value switch
    {
        bool flag => flag ? "true" : "false",
        Enum word => ConfigKeys.Words(word.GetType()).First(w => w.Value.Equals(word)).Word,
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    private static void EmitSection(Emitter emitter, object section)
    {
        emitter.Emit(new MappingStart());
        foreach (var property in ConfigKeys.Properties(section.GetType()))
        {
            emitter.Emit(new Scalar(ConfigKeys.Snake(property.Name)));
            EmitValue(emitter, property.PropertyType, property.GetValue(section));
        }

        emitter.Emit(new MappingEnd());
    }

    private static void EmitValue(Emitter emitter, Type type, object? value)
    {
        if (ConfigKeys.IsSection(type))
            EmitSection(emitter, value!);
        else if (ConfigKeys.ListElement(type) is { } element)
            EmitList(emitter, element, (IEnumerable)value!);
        else if (ConfigKeys.MapValue(type) is { } mapped)
            EmitMap(emitter, mapped, (IEnumerable)value!);
        else if (value is NamesOrText { Text: null } names)
            EmitList(emitter, typeof(string), names.Names);
        else
            emitter.Emit(new Scalar(AnchorName.Empty, TagName.Empty, value is null ? Absent(type) : Scalar(value), Style(value), isPlainImplicit: true, isQuotedImplicit: true));
    }

    /// <summary>A number that is not set follows from something else.</summary>
    private static string Absent(Type type) => Nullable.GetUnderlyingType(type) is null ? "null" : "auto";

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

    /// <summary>A text that YAML would read as null is quoted.</summary>
    private static ScalarStyle Style(object? value) => value is "" or "~" or "null" ? ScalarStyle.SingleQuoted : ScalarStyle.Any;
}
