using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using FlGlm.Client.Data;
using FlGlm.Client.Defences;
using FlGlm.Privacy.Noise;

namespace FlGlm.Privacy.Accounting;

/// <summary>
/// Counts each row's releases. Rows with the same tokens and labels count as one, and every pass of an answer counts for every row, so that the count
/// of the most-used row is never too small.
/// </summary>
internal sealed class RowCounts
{
    private readonly Dictionary<(UInt128 Row, NoiseChannel Channel), long> _counts = [];
    private readonly HashSet<UInt128> _seen = [];
    private readonly long[] _most = new long[Enum.GetValues<NoiseChannel>().Length];
    private long _answers;

    /// <summary>Releases of the row that a channel has released most often.</summary>
    public long Most(NoiseChannel channel) => _most[(int)channel] + (channel == NoiseChannel.Hidden ? _answers : 0);

    /// <summary>The same, when the rows of this pass are released once more.</summary>
    public long MostWith(NoiseChannel channel, TrainingBatch rows) =>
        Most(channel) - _most[(int)channel] + Math.Max(_most[(int)channel], Keys(rows).CountBy(key => key).Max(key => Count(key.Key, channel) + key.Value));

    /// <summary>Counts a pass. Outside training, releases that were there before with the same bytes are not counted again.</summary>
    /// <param name="releases">the name of each row's release; none = all are counted</param>
    public void Add(NoiseChannel channel, BoundaryPass pass, IReadOnlyList<UInt128> releases)
    {
        var isNew = Enumerable.Range(0, pass.Layout.Rows).Select(row => pass.Purpose == PassPurpose.Train || releases.Count == 0 || _seen.Add(releases[row])).ToList();
        if (pass.Rows is not { } rows)
        {
            _answers += isNew.Contains(true) ? 1 : 0;
            return;
        }

        foreach (var (key, _) in Keys(rows).Zip(isNew).Where(row => row.Second))
        {
            var count = Count(key, channel) + 1;
            _counts[(key, channel)] = count;
            _most[(int)channel] = Math.Max(_most[(int)channel], count);
        }
    }

    private long Count(UInt128 key, NoiseChannel channel) => _counts.GetValueOrDefault((key, channel));

    private static IEnumerable<UInt128> Keys(TrainingBatch rows) => Enumerable.Range(0, rows.Rows).Select(row =>
    {
        var (begin, length) = (row * rows.Length, rows.Lengths[row]);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(MemoryMarshal.AsBytes(rows.Ids.AsSpan(begin, length)));
        hash.AppendData(MemoryMarshal.AsBytes(rows.Labels.AsSpan(begin, length)));
        return BinaryPrimitives.ReadUInt128LittleEndian(hash.GetHashAndReset());
    });
}
