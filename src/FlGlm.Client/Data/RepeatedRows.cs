using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace FlGlm.Client.Data;

/// <summary>Finds rows whose ids are those of an earlier row, by 128 bits of a hash.</summary>
internal sealed class RepeatedRows
{
    private readonly Dictionary<UInt128, (int Row, int Number)> _first = [];
    private readonly List<((int Row, int Number) Later, (int Row, int Number) First)> _repeated = [];

    /// <param name="example">A row.</param>
    /// <param name="row">Its place in the store; training rows stand before those to validate with.</param>
    /// <param name="number">Its line or number in its file.</param>
    internal void Add(Example example, int row, int number)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(MemoryMarshal.AsBytes(example.Ids.AsSpan()), hash);
        var key = BinaryPrimitives.ReadUInt128LittleEndian(hash);
        if (!_first.TryAdd(key, (row, number)))
            _repeated.Add(((row, number), _first[key]));
    }

    /// <summary>How many rows of a file are like an earlier row that has the same use.</summary>
    /// <param name="file">One that has been read.</param>
    /// <param name="trained">Rows to train on.</param>
    internal int CountIn(RowCollector file, int trained) =>
        _repeated.Count(pair => file.Holds(pair.Later.Row) && (pair.Later.Row < trained) == (pair.First.Row < trained));

    /// <summary>For each two files of which one has rows to validate with that are like rows to train on in the other, a line.</summary>
    /// <param name="files">All that have been read.</param>
    /// <param name="trained">Rows to train on.</param>
    internal IEnumerable<string> Warnings(IReadOnlyList<RowCollector> files, int trained)
    {
        return _repeated.Where(pair => pair.Later.Row >= trained && pair.First.Row < trained)
            .GroupBy(pair => (Held: FileOf(pair.Later.Row), Trained: FileOf(pair.First.Row)), pair => (Held: pair.Later.Number, Trained: pair.First.Number))
            .Select(pairs => string.Create(
                CultureInfo.InvariantCulture,
                $"{pairs.Key.Held.Path}: {pairs.Count()} row(s) to validate with are also trained on, in {pairs.Key.Trained.Path}; the first is "
                    + $"{pairs.Key.Held.NameOf(pairs.First().Held)}, like {pairs.Key.Trained.NameOf(pairs.First().Trained)} there. Their loss says little about rows that are not learnt."));

        RowCollector FileOf(int row) => files.First(file => file.Holds(row));
    }
}
