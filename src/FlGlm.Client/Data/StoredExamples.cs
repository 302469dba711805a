using System.Collections;

namespace FlGlm.Client.Data;

/// <summary>Some rows of a store, each made anew when it is asked for.</summary>
internal sealed class StoredExamples : IReadOnlyList<Example>
{
    private readonly ExampleStore _store;
    private readonly int _start;
    private readonly IReadOnlyList<int>? _rows;

    /// <param name="store">Whose rows.</param>
    /// <param name="start">The first of neighbouring rows.</param>
    /// <param name="count">How many.</param>
    internal StoredExamples(ExampleStore store, int start, int count) => (_store, _start, Count) = (store, start, count);

    /// <param name="store">Whose rows.</param>
    /// <param name="rows">Which of them, in this order.</param>
    internal StoredExamples(ExampleStore store, IReadOnlyList<int> rows) => (_store, _rows, Count) = (store, rows, rows.Count);

    public int Count { get; }

    public Example this[int index] =>
        index >= 0 && index < Count ? _store[RowOf(index)] : throw new ArgumentOutOfRangeException(nameof(index), index, $"There are {Count} rows.");

    /// <summary>The tokens of each row; of a store's rows they are known without reading them.</summary>
    internal static int[] LengthsOf(IReadOnlyList<Example> examples) =>
        examples is StoredExamples stored ? stored.Lengths() : [.. examples.Select(example => example.Ids.Length)];

    public IEnumerator<Example> GetEnumerator() => Enumerable.Range(0, Count).Select(index => _store[RowOf(index)]).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private int RowOf(int index) => _rows is null ? _start + index : _rows[index];

    private int[] Lengths() => [.. Enumerable.Range(0, Count).Select(index => _store.LengthOf(RowOf(index)))];
}
