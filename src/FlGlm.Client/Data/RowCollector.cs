namespace FlGlm.Client.Data;

/// <summary>Gathers one file's examples and counts what became of its rows.</summary>
internal sealed class RowCollector(string path)
{
    private readonly List<Example> _examples = [];
    private readonly SortedDictionary<string, int> _dropped = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, int> _specialTokens = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _ignored = new(StringComparer.Ordinal);
    private int _truncated;

    internal IReadOnlyList<Example> Examples => _examples;

    /// <summary>Whose chat form the rows have; null without a chat template.</summary>
    internal string? ChatForm { get; set; }

    /// <summary>Answers before a row's last that <c>data.loss_on: completion</c> leaves out.</summary>
    internal int Unlearnt { get; set; }

    internal bool LineEndsChanged { get; set; }

    internal DataReport Report => new(path, Kept + _dropped.Values.Sum(), Kept, _truncated, _dropped, _examples.Sum(example => (long)example.Ids.Length))
    {
        ChatForm = ChatForm,
        Unlearnt = Unlearnt,
        LineEndsChanged = LineEndsChanged,
        SpecialTokens = _specialTokens,
        IgnoredFields = [.. _ignored],
    };

    private int Kept => _examples.Count;

    internal void Keep(Example example, bool truncated = false)
    {
        _examples.Add(example);
        if (truncated)
            _truncated++;
    }

    internal void Drop(string reason) => Count(_dropped, reason);

    internal void Ignore(IEnumerable<string> fields) => _ignored.UnionWith(fields);

    internal void CountSpecialTokens(IEnumerable<string> tokens)
    {
        foreach (var token in tokens)
            Count(_specialTokens, token);
    }

    private static void Count(SortedDictionary<string, int> counts, string key) => counts[key] = counts.GetValueOrDefault(key) + 1;
}
