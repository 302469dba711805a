using System.Collections;

namespace FlGlm.Client.Data;

/// <summary>Some neighbouring rows of a store, each made anew when it is asked for.</summary>
/// <param name="store">Whose rows.</param>
/// <param name="start">The first.</param>
/// <param name="count">How many.</param>
internal sealed class ExampleRange(ExampleStore store, int start, int count) : IReadOnlyList<Example>
{
    public int Count => count;

    public Example this[int index] =>
        index >= 0 && index < count ? store[start + index] : throw new ArgumentOutOfRangeException(nameof(index), index, $"There are {count} rows.");

    /// <summary>The tokens of each row; of a store's rows they are known without reading them.</summary>
    internal static int[] LengthsOf(IReadOnlyList<Example> examples) =>
        examples is ExampleRange range ? range.Lengths() : [.. examples.Select(example => example.Ids.Length)];

    public IEnumerator<Example> GetEnumerator() => Enumerable.Range(start, count).Select(row => store[row]).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private int[] Lengths() => [.. Enumerable.Range(start, count).Select(store.LengthOf)];
}
