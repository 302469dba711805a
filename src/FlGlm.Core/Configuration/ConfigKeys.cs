using System.Reflection;
using System.Runtime.Serialization;
using System.Text;

namespace FlGlm.Core.Configuration;

/// <summary>The names of settings in YAML: <c>LearningRate</c> is <c>learning_rate</c>, and a nested one <c>optimizer.learning_rate</c>.</summary>
internal static class ConfigKeys
{
    /// <summary>Every dotted key that a file for <paramref name="settings"/> may hold, in the order of declaration.</summary>
    public static IEnumerable<string> Of(Type settings) => Of(settings, "");

    /// <summary>The name of a setting: from <see cref="DataMemberAttribute"/>, else the property's in snake_case.</summary>
    internal static string NameOf(PropertyInfo property) => property.GetCustomAttribute<DataMemberAttribute>()?.Name ?? Snake(property.Name);

    internal static string Join(string prefix, string name) => prefix.Length == 0 ? name : $"{prefix}.{name}";

    internal static IEnumerable<PropertyInfo> Properties(Type settings) =>
        settings.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(p => p.CanWrite);

    /// <summary>Whether a value of this type has keys of its own.</summary>
    internal static bool IsSection(Type type) => type.IsClass && type != typeof(string) && type != typeof(NamesOrText) && ListElement(type) is null;

    /// <summary>The type of a list's elements; null where <paramref name="type"/> is no list.</summary>
    internal static Type? ListElement(Type type) =>
        type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>) ? type.GetGenericArguments()[0] : null;

    /// <summary>The type of the values that stand under names of the user's choice; null where <paramref name="type"/> is no such map.</summary>
    internal static Type? MapValue(Type type) =>
        type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyDictionary<,>) ? type.GetGenericArguments()[1] : null;

    /// <summary>The words for an enum's values: from <see cref="EnumMemberAttribute"/>, else the name in snake_case.</summary>
    internal static IEnumerable<(string Word, object Value)> Words(Type type) => type
        .GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(f => (f.GetCustomAttribute<EnumMemberAttribute>()?.Value ?? Snake(f.Name), f.GetValue(null)!));

    /// <summary><c>PTuningV2</c> to <c>p_tuning_v2</c>: a word starts at a capital that follows a small letter or digit, or precedes one.</summary>
    internal static string Snake(string name)
    {
        var snake = new StringBuilder();
        for (var i = 0; i < name.Length; i++)
        {
            if (i > 0 && char.IsUpper(name[i]) && (!char.IsUpper(name[i - 1]) || (i + 1 < name.Length && char.IsLower(name[i + 1]))))
                snake.Append('_');
            snake.Append(char.ToLowerInvariant(name[i]));
        }

        return snake.ToString();
    }

    private static IEnumerable<string> Of(Type settings, string prefix) => Properties(settings).SelectMany(property =>
    {
        var key = Join(prefix, NameOf(property));
        return IsSection(property.PropertyType) ? Of(property.PropertyType, key) : [key];
    });
}
