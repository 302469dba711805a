using System.Collections;
using System.Reflection;

namespace FlGlm.Core.Configuration;

/// <summary>Sets the values of a configuration in a copy of a settings record that holds the defaults.</summary>
internal sealed class ConfigBinder(Type root, List<Problem> problems)
{
    private static readonly MethodInfo Copy = typeof(object).GetMethod("MemberwiseClone", BindingFlags.Instance | BindingFlags.NonPublic)!;

    private readonly Dictionary<string, string> _places = [];

    /// <summary>The file and line, or the override, of each dotted key that has been set; a key that has its default has none.</summary>
    public IReadOnlyDictionary<string, string> Places => _places;

    /// <summary>A copy of <paramref name="defaults"/> with the map's values; a value that does not fit is reported and keeps its default.</summary>
    public object Bind(object defaults, ConfigMap map, string prefix = "")
    {
        var record = Copy.Invoke(defaults, [])!;
        var properties = ConfigKeys.Properties(record.GetType()).ToDictionary(ConfigKeys.NameOf);
        foreach (var (name, node) in map.Values)
        {
            var key = ConfigKeys.Join(prefix, name);
            if (!properties.TryGetValue(name, out var property))
                problems.Add(new Problem(key, Unknown(name, properties.Keys), node.Where));
            else if (TryRead(property.PropertyType, property.GetValue(record), node, key, out var value))
                property.SetValue(record, value);
        }

        return record;
    }

    private bool TryRead(Type type, object? current, ConfigNode node, string key, out object? value)
    {
        _places[key] = node.Where;
        if (ConfigKeys.IsSection(type))
            return TrySection(current!, node, key, out value);
        if (ConfigKeys.ListElement(type) is { } element)
            return IsUnsetList(current, node, out value) || TryList(element, node, key, out value);
        if (ConfigKeys.MapValue(type) is { } mapped)
            return TryMap(mapped, node, key, out value);
        if (type == typeof(NamesOrText))
            return TryNamesOrText(node, key, out value);
        return TryScalar(type, current, node, key, out value);
    }

    private bool TrySection(object current, ConfigNode node, string key, out object? value)
    {
        value = node is ConfigMap map ? Bind(current, map, key) : current;
        return node is ConfigMap or ConfigScalar { IsNull: true }
            || Refuse(node, key, $"is a section; its keys ({string.Join(", ", Names(current.GetType()))}) go below it.");
    }

    /// <summary>A list whose default is null may be left open, as a number may whose default is.</summary>
    private static bool IsUnsetList(object? current, ConfigNode node, out object? value)
    {
        value = null;
        return current is null && node is (ConfigScalar { IsNull: true } or ConfigScalar { Text: "auto" });
    }

    private bool TryList(Type element, ConfigNode node, string key, out object? value)
    {
        value = null;
        var list = node as ConfigList ?? (node is ConfigScalar { IsNull: false } ? new ConfigList([node], node.Where) : null);
        if (list is null)
            return Refuse(node, key, "is a list; write it [a, b].");
        var array = Array.CreateInstance(element, list.Items.Count);
        for (var i = 0; i < array.Length; i++)
        {
            if (!TryRead(element, null, list.Items[i], key, out var item))
                return false;
            array.SetValue(item, i);
        }

        value = array;
        return true;
    }

    /// <summary>Values under names of the user's choice, in the order of the file.</summary>
    private bool TryMap(Type mapped, ConfigNode node, string key, out object? value)
    {
        value = null;
        if (node is not ConfigMap map)
            return Refuse(node, key, $"holds names with {ScalarReader.Describe(mapped)} each; write it {{name: value}}.");
        var dictionary = (IDictionary)Activator.CreateInstance(typeof(OrderedDictionary<,>).MakeGenericType(typeof(string), mapped))!;
        foreach (var (name, item) in map.Values)
        {
            if (!TryRead(mapped, null, item, ConfigKeys.Join(key, name), out var read))
                return false;
            dictionary[name] = read;
        }

        value = dictionary;
        return true;
    }

    private bool TryNamesOrText(ConfigNode node, string key, out object? value)
    {
        value = null;
        if (node is ConfigScalar { IsNull: false, Text.Length: > 0 } scalar)
            value = NamesOrText.OfText(scalar.Text);
        else if (node is not ConfigList)
            return Refuse(node, key, "is a list of names or one text; write it [a, b] or 'text'.");
        else if (TryList(typeof(string), node, key, out var names))
            value = NamesOrText.OfNames((string[])names!);
        return value is not null;
    }

    private bool TryScalar(Type type, object? current, ConfigNode node, string key, out object? value)
    {
        value = null;
        var kind = Nullable.GetUnderlyingType(type) ?? type;
        if (node is not ConfigScalar scalar)
            return Refuse(node, key, $"takes one value, {ScalarReader.Describe(kind)}.");
        if (kind != type && (scalar.IsNull || scalar.Text == "auto"))
            return true;
        if (scalar.IsNull && kind != typeof(string))
            return Refuse(node, key, $"has no value; {ScalarReader.Describe(kind)}, or drop the line for the default ({Show(current)}).");
        value = ScalarReader.Read(kind, scalar.IsNull ? "" : scalar.Text);
        return value is not null || Refuse(node, key, $"'{scalar.Text}' does not fit; {ScalarReader.Describe(kind)}.");
    }

    private string Unknown(string name, IEnumerable<string> siblings)
    {
        var meant = NearestName.Of(name, siblings)
            ?? ConfigKeys.Of(root).FirstOrDefault(k => k.EndsWith("." + name, StringComparison.Ordinal));
        return meant is null
            ? $"unknown key; known here: {string.Join(", ", siblings)}."
            : $"unknown key; did you mean '{meant}'?";
    }

    private bool Refuse(ConfigNode node, string key, string message)
    {
        problems.Add(new Problem(key, message, node.Where));
        return false;
    }

    private static IEnumerable<string> Names(Type section) => ConfigKeys.Properties(section).Select(ConfigKeys.NameOf);

    private static string Show(object? value) => value is null ? "none" : ConfigWriter.Scalar(value);
}
