namespace FlGlm.Core.Configuration;

/// <summary>Keys and their values, in the order they were written.</summary>
internal sealed record ConfigMap(string Where) : ConfigNode(Where)
{
    private readonly Dictionary<string, ConfigNode> _values = [];

    public IReadOnlyDictionary<string, ConfigNode> Values => _values;

    /// <summary>False if the key exists already; its earlier value is kept.</summary>
    public bool TryAdd(string key, ConfigNode value) => _values.TryAdd(key, value);

    public void Set(string key, ConfigNode value) => _values[key] = value;
}
