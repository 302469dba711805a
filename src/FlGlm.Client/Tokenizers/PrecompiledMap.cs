using System.Buffers.Binary;
using FlGlm.Core.Configuration;

namespace FlGlm.Client.Tokenizers;

/// <summary>
/// The rules of a SentencePiece normalizer such as nmt_nfkc: a size in bytes, a Darts double array over UTF-8 of that size, then the
/// replacements, each ended by a zero byte, to whose beginnings the array's values point (SentencePiece, normalizer.cc).
/// </summary>
internal sealed class PrecompiledMap
{
    private readonly uint[] _units;
    private readonly byte[] _replacements;

    /// <exception cref="CheckpointException">The bytes hold no such rules.</exception>
    internal PrecompiledMap(byte[] charsmap, string path)
    {
        var size = charsmap.Length >= 4 ? BinaryPrimitives.ReadUInt32LittleEndian(charsmap) : 0;
        if (size < 4 || size % 4 != 0 || size > charsmap.Length - 4)
            throw new CheckpointException(path, $"'{path}' cannot be read as a SentencePiece model: its precompiled_charsmap is damaged; fetch it anew.");
        _units = new uint[size / 4];
        for (var unit = 0; unit < _units.Length; unit++)
            _units[unit] = BinaryPrimitives.ReadUInt32LittleEndian(charsmap.AsSpan(4 + (4 * unit)));
        _replacements = charsmap[(4 + (int)size)..];
    }

    /// <summary>The longest rule that the text begins with.</summary>
    /// <param name="utf8">Text.</param>
    /// <param name="replacement">What stands in its place.</param>
    /// <returns>How many bytes it takes; 0 where none does.</returns>
    internal int LongestRule(ReadOnlySpan<byte> utf8, out ReadOnlySpan<byte> replacement)
    {
        replacement = default;
        var (longest, value) = (0, 0u);
        var node = Offset(_units[0]);
        for (var index = 0; index < utf8.Length; index++)
        {
            node ^= utf8[index];
            if (node >= _units.Length || (_units[node] & 0x800000FF) != utf8[index])
                break;
            var hasLeaf = (_units[node] & 0x100) != 0;
            node ^= Offset(_units[node]);
            if (hasLeaf && node < _units.Length)
                (longest, value) = (index + 1, _units[node] & 0x7FFFFFFF);
        }

        if (longest > 0 && value < _replacements.Length)
        {
            replacement = _replacements.AsSpan((int)value);
            replacement = replacement[..Math.Max(0, replacement.IndexOf((byte)0))];
        }

        return longest;
    }

    private static uint Offset(uint unit) => (unit >> 10) << (int)((unit & 0x200) >> 6);
}
