using System.Numerics;
using System.Runtime.InteropServices;

namespace FlGlm.Core.Wire;

/// <summary>Finds NaN and infinity in a frame before they reach a model: an exponent of all ones, at the speed of reading.</summary>
public static class Finite
{
    public static bool All(Frame frame) => frame.Form.Element switch
    {
        ElementType.Float32 => All(MemoryMarshal.Cast<byte, uint>(frame.Payload), 0x7F80_0000u),
        ElementType.BFloat16 => All(MemoryMarshal.Cast<byte, ushort>(frame.Payload), (ushort)0x7F80),
        ElementType.Float16 => All(MemoryMarshal.Cast<byte, ushort>(frame.Payload), (ushort)0x7C00),
        _ => true,
    };

    private static bool All<T>(ReadOnlySpan<T> bits, T exponent) where T : unmanaged, IBinaryInteger<T>
    {
        var mask = new Vector<T>(exponent);
        var found = Vector<T>.Zero;
        var vectors = MemoryMarshal.Cast<T, Vector<T>>(bits);
        foreach (var vector in vectors)
            found |= Vector.Equals(vector & mask, mask);
        if (found != Vector<T>.Zero)
            return false;
        foreach (var number in bits[(vectors.Length * Vector<T>.Count)..])
        {
            if ((number & exponent) == exponent)
                return false;
        }

        return true;
    }
}
