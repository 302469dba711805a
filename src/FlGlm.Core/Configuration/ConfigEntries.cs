using System.Reflection;

namespace FlGlm.Core.Configuration;

/// <summary>Every key of a configuration with its value, for whoever looks one up.</summary>
public static class ConfigEntries
{
    /// <summary>The keys in the order of declaration.</summary>
    /// <param name="loaded">values, and where they come from</param>
    public static IReadOnlyList<ConfigEntry> Of<T>(LoadedConfig<T> loaded)
        where T : class, new()
    {
        List<Setting> defaults = [.. Settings(new T(), "")];
        var values = Settings(loaded.Settings, "").ToDictionary(setting => setting.Key, setting => setting.Value);
        var texts = new DocumentedSummaries(defaults.ToDictionary(setting => DocumentedSummaries.IdOf(setting.Property), setting => setting.Key));
        return [.. defaults.Select(setting => Entry(setting, texts) with { Value = values[setting.Key], Where = loaded.Places.GetValueOrDefault(setting.Key) })];
    }

    private static ConfigEntry Entry(Setting setting, DocumentedSummaries texts)
    {
        var summary = texts.Of(setting.Property);
        return new ConfigEntry(setting.Key, "", setting.Value)
        {
            Unit = ConfigValues.UnitOf(setting.Property, summary),
            Takes = ConfigValues.Describe(setting.Property, setting.Section),
            Summary = summary,
            Words = [.. ConfigValues.WordsOf(setting.Property).Select(word => KeyValuePair.Create(word.Word, texts.Of(word.Field)))],
        };
    }

    private static IEnumerable<Setting> Settings(object section, string prefix) => ConfigKeys.Properties(section.GetType()).SelectMany(property =>
    {
        var (key, value) = (ConfigKeys.Join(prefix, ConfigKeys.NameOf(property)), property.GetValue(section));
        return ConfigKeys.IsSection(property.PropertyType) ? Settings(value!, key) : [new Setting(key, property, section, ConfigWriter.Line(property.PropertyType, value))];
    });

    /// <param name="Section">the record that it is one of</param>
    /// <param name="Value">as written in YAML</param>
    private sealed record Setting(string Key, PropertyInfo Property, object Section, string Value);
}
