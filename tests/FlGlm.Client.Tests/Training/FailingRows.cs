using System.Collections;
using FlGlm.Client.Data;

namespace FlGlm.Client.Tests.Training;

/// <summary>Rows to train on, of which only so many can be taken: what takes one more fails.</summary>
internal sealed class FailingRows(int available) : IReadOnlyList<Example>
{
    private readonly Example[] _rows = [.. Rows()];
    private int _taken;

    public int Count => _rows.Length;

    public Example this[int index] => _taken++ < available ? _rows[index] : throw new InvalidOperationException("no more rows");

    public IEnumerator<Example> GetEnumerator() => _rows.AsEnumerable().GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private static IEnumerable<Example> Rows()
    {
        var random = new Random(2);
        return Enumerable.Range(3, 12).Select(length => Enumerable.Range(0, length).Select(_ => random.Next(1, 32)).ToArray()).Select(ids => new Example(ids, ids));
    }
}
