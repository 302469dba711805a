namespace FlGlm.Client.Data;

/// <summary>Gathers one file's examples and counts what became of its rows.</summary>
internal sealed class RowCollector(string path)
{
    private readonly List<Example> _examples = [];
    private readonly SortedDictionary<string, int> _dropped = new(StringComparer.Ordinal);
    private int _truncated;

    internal IReadOnlyList<Example> Examples => _examples;

    /// <summary>Whose chat form the rows have; null without a chat template.</summary>
    internal string? ChatForm { get; set; }

    internal DataReport Report => new(path, Kept + _dropped.Values.Sum(), Kept, _truncated, _dropped, Tokens) { ChatForm = ChatForm };

    private int Kept => _examples.Count;

    private long Tokens => _examples.Sum(example => (long)example.Ids.Length);

    internal void Keep(Example example, bool truncated = false)
    {
        _examples.Add(example);
        if (truncated)
            _truncated++;
    }

    internal void Drop(string reason) => _dropped[reason] = _dropped.GetValueOrDefault(reason) + 1;
}
