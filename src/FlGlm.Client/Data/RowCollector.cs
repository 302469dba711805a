namespace FlGlm.Client.Data;

/// <summary>Gathers one file's examples and counts what became of its rows.</summary>
internal sealed class RowCollector(string path)
{
    private readonly List<Example> _examples = [];
    private readonly SortedDictionary<string, int> _dropped = new(StringComparer.Ordinal);
    private int _truncated;

    internal IReadOnlyList<Example> Examples => _examples;

    internal DataReport Report => new(
        path, _examples.Count + _dropped.Values.Sum(), _examples.Count, _truncated, _dropped, _examples.Sum(example => (long)example.Ids.Length));

    internal void Keep(Example example, bool truncated = false)
    {
        _examples.Add(example);
        if (truncated)
            _truncated++;
    }

    internal void Drop(string reason) => _dropped[reason] = _dropped.GetValueOrDefault(reason) + 1;
}
