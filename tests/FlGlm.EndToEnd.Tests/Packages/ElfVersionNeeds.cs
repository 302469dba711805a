using System.Buffers.Binary;
using System.Text;

namespace FlGlm.EndToEnd.Tests.Packages;

/// <summary>The versions that a shared library needs of others, read from its section of them (ELF, 64 bit, little-endian).</summary>
internal static class ElfVersionNeeds
{
    private const uint VersionNeedSection = 0x6ffffffe;
    private const ushort Weak = 2;

    /// <returns>the library, the version, and whether the loader may go on without it</returns>
    public static IReadOnlyList<(string Library, string Version, bool IsWeak)> Read(string path)
    {
        var file = File.ReadAllBytes(path);
        var section = Sections(file).Single(section => U32(file, section + 4) == VersionNeedSection);
        var strings = (int)U64(file, Section(file, (int)U32(file, section + 40)) + 24);
        var needs = new List<(string, string, bool)>();
        var need = (int)U64(file, section + 24);
        for (var i = 0; i < U32(file, section + 44); i++)
        {
            var version = need + (int)U32(file, need + 8);
            for (var j = 0; j < U16(file, need + 2); j++)
            {
                needs.Add((Text(file, strings + (int)U32(file, need + 4)), Text(file, strings + (int)U32(file, version + 8)), (U16(file, version + 4) & Weak) != 0));
                version += (int)U32(file, version + 12);
            }

            need += (int)U32(file, need + 12);
        }

        return needs;
    }

    private static IEnumerable<int> Sections(byte[] file) => Enumerable.Range(0, U16(file, 60)).Select(index => Section(file, index));

    private static int Section(byte[] file, int index) => (int)U64(file, 40) + (index * U16(file, 58));

    private static string Text(byte[] file, int start) => Encoding.ASCII.GetString(file, start, Array.IndexOf(file, (byte)0, start) - start);

    private static ushort U16(byte[] file, int at) => BinaryPrimitives.ReadUInt16LittleEndian(file.AsSpan(at));

    private static uint U32(byte[] file, int at) => BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(at));

    private static ulong U64(byte[] file, int at) => BinaryPrimitives.ReadUInt64LittleEndian(file.AsSpan(at));
}
