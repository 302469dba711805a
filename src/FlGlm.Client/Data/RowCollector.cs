using FlGlm.Client.Data.Rows;

namespace FlGlm.Client.Data;

/// <summary>Adds one file's examples to the store and counts what became of its rows.</summary>
/// <param name="path">The file.</param>
/// <param name="store">Where examples go.</param>
/// <param name="repeated">Finds rows like earlier ones.</param>
/// <param name="divided">Where rows are divided among clients; null = they are not.</param>
/// <param name="place">The file's place among those that are divided.</param>
internal sealed class RowCollector(string path, ExampleStore store, RepeatedRows repeated, PartitionRows? divided = null, int place = 0)
{
    private readonly int _start = store.Count;
    private readonly SortedDictionary<string, int> _dropped = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, int> _specialTokens = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, int> _labels = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _ignored = new(StringComparer.Ordinal);
    private RowPlace? _place;
    private bool _isNew;
    private int _kept;
    private long _tokens;
    private int _truncated;

    internal string Path => path;

    internal IReadOnlyList<Example> Examples => new StoredExamples(store, _start, _kept);

    /// <summary>Whose chat form the rows have; null without a chat template.</summary>
    internal string? ChatForm { get; set; }

    /// <summary>Answers before a row's last that <c>data.loss_on: completion</c> leaves out.</summary>
    internal int Unlearnt { get; set; }

    internal bool LineEndsChanged { get; set; }

    /// <summary>What has been read, when all of it has been.</summary>
    internal List<DataFileHash> Content { get; } = [];

    /// <summary>Rows kept that are like an earlier one.</summary>
    internal int Repeated { get; set; }

    internal DataReport Report => new(path, Read, _kept, _truncated, _dropped, _tokens)
    {
        ChatForm = ChatForm,
        Unlearnt = Unlearnt,
        LineEndsChanged = LineEndsChanged,
        SpecialTokens = _specialTokens,
        Labels = _labels,
        IgnoredFields = [.. _ignored],
        Files = Content,
        Repeated = Repeated,
    };

    private int Read => _kept + _dropped.Values.Sum();

    /// <summary>Whether <see cref="NameOf"/> counts lines.</summary>
    internal bool HasLines => _place is { IsLine: true };

    /// <summary>What is kept or dropped next comes of this row.</summary>
    /// <param name="row">Where it stands; null = what comes next are rows of their own, cut from a text.</param>
    internal void Begin(RowPlace? row) => (_place, _isNew) = (row, true);

    /// <param name="label">The label that is learnt, if it is one.</param>
    internal void Keep(Example example, bool truncated = false, string? label = null)
    {
        var number = _place?.Number ?? Read + 1;
        repeated.Add(example, store.Count, number);
        divided?.Add(place, number, store.Count, label, _isNew || _place is null);
        _isNew = false;
        store.Add(example);
        _kept++;
        _tokens += example.Ids.Length;
        if (truncated)
            _truncated++;
    }

    internal void Drop(string reason) => Count(_dropped, reason);

    internal void Ignore(IEnumerable<string> fields) => _ignored.UnionWith(fields);

    internal void CountLabel(string label)
    {
        if (label.Length > 0)
            Count(_labels, label);
    }

    internal void CountSpecialTokens(IEnumerable<string> tokens)
    {
        foreach (var token in tokens)
            Count(_specialTokens, token);
    }

    /// <summary>Whether a row of the store is this file's.</summary>
    internal bool Holds(int row) => row >= _start && row < _start + _kept;

    /// <summary>A row of this file, for messages.</summary>
    internal string NameOf(int number) => $"{(HasLines ? "line" : "row")} {number}";

    private static void Count(SortedDictionary<string, int> counts, string key) => counts[key] = counts.GetValueOrDefault(key) + 1;
}
