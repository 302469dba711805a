using System.Buffers.Binary;

namespace FlGlm.EndToEnd.Tests.Processes;

/// <summary>Reads recorded traffic as an eavesdropper can: headers are not encrypted (docs/wire.md), the rest may be sealed.</summary>
internal static class CapturedFrames
{
    private const int HeaderBytes = 68;
    private const int EpochOffset = 32;

    private static ReadOnlySpan<byte> Magic => "FLGM"u8;

    /// <summary>All bytes between the headers of sealed frames, tags included.</summary>
    public static byte[] Sealed(ReadOnlySpan<byte> capture)
    {
        var found = new MemoryStream();
        while (capture.Length >= HeaderBytes)
        {
            var rest = capture[HeaderBytes..];
            var next = rest.IndexOf(Magic);
            var body = next < 0 ? rest : rest[..next];
            if (BinaryPrimitives.ReadUInt32LittleEndian(capture[EpochOffset..]) > 0)
                found.Write(body);
            capture = rest[body.Length..];
        }

        return found.ToArray();
    }

    /// <summary>Shannon's entropy of single bytes, in bits; 8 where all 256 are equally frequent.</summary>
    public static double EntropyPerByte(ReadOnlySpan<byte> bytes)
    {
        var counts = new long[256];
        foreach (var value in bytes)
            counts[value]++;
        double total = bytes.Length;
        return counts.Where(count => count > 0).Sum(count => -count / total * Math.Log2(count / total));
    }
}
