using System.Reflection;

namespace FlGlm.Core.Configuration;

/// <summary>Lays written values over a settings record's defaults.</summary>
internal sealed class ConfigBinder(Type root, List<Problem> problems)
{
    private static readonly MethodInfo Copy = typeof(object).GetMethod("MemberwiseClone", BindingFlags.Instance | BindingFlags.NonPublic)!;

    private readonly Dictionary<string, string> _places = [];

    /// <summary>Where a dotted key was written; null for one that has its default.</summary>
    public string? Place(string key) => _places.GetValueOrDefault(key);

    /// <summary>A copy of <paramref name="defaults"/> with the map's values; what does not fit keeps its default and is a problem.</summary>
    public object Bind(object defaults, ConfigMap map, string prefix = "")
    {
        var record = Copy.Invoke(defaults, [])!;
        var properties = ConfigKeys.Properties(record.GetType()).ToDictionary(p => ConfigKeys.Snake(p.Name));
        foreach (var (name, node) in map.Values)
        {
            var key = ConfigKeys.Join(prefix, name);
            if (!properties.TryGetValue(name, out var property))
                problems.Add(new Problem(key, Unknown(name, properties.Keys), node.Where));
            else if (Value(property.PropertyType, property.GetValue(record), node, key) is { } value)
                property.SetValue(record, value);
        }

        return record;
    }

    private object? Value(Type type, object? current, ConfigNode node, string key)
    {
        _places[key] = node.Where;
        if (ConfigKeys.IsSection(type))
            return Section(current ?? Activator.CreateInstance(type)!, node, key);
        if (ConfigKeys.ListElement(type) is { } element)
            return List(element, node, key);
        if (node is ConfigScalar { IsNull: true } && type != typeof(string))
            return Refuse(node, key, $"has no value; {ScalarReader.Describe(type)}, or drop the line for the default ({Show(current)}).");
        if (node is not ConfigScalar scalar)
            return Refuse(node, key, $"takes one value, {ScalarReader.Describe(type)}.");
        return ScalarReader.Read(type, scalar.IsNull ? "" : scalar.Text)
            ?? Refuse(node, key, $"'{scalar.Text}' does not fit; {ScalarReader.Describe(type)}.");
    }

    private object? Section(object current, ConfigNode node, string key) => node switch
    {
        ConfigMap map => Bind(current, map, key),
        ConfigScalar { IsNull: true } => current,
        _ => Refuse(node, key, $"is a section; its keys ({string.Join(", ", Names(current.GetType()))}) go below it."),
    };

    private Array? List(Type element, ConfigNode node, string key)
    {
        if (node is not ConfigList list)
        {
            Refuse(node, key, "is a list; write it [a, b].");
            return null;
        }

        var items = list.Items.Select(item => Value(element, null, item, key)).Where(item => item is not null).ToList();
        var array = Array.CreateInstance(element, items.Count);
        for (var i = 0; i < items.Count; i++)
            array.SetValue(items[i], i);
        return array;
    }

    private string Unknown(string name, IEnumerable<string> siblings)
    {
        var meant = NearestName.Of(name, siblings)
            ?? ConfigKeys.Of(root).FirstOrDefault(k => k.EndsWith("." + name, StringComparison.Ordinal));
        return meant is null
            ? $"unknown key; known here: {string.Join(", ", siblings)}."
            : $"unknown key; did you mean '{meant}'?";
    }

    private object? Refuse(ConfigNode node, string key, string message)
    {
        problems.Add(new Problem(key, message, node.Where));
        return null;
    }

    private static IEnumerable<string> Names(Type section) => ConfigKeys.Properties(section).Select(p => ConfigKeys.Snake(p.Name));

    private static string Show(object? value) => value is null ? "none" : ConfigWriter.Scalar(value);
}
