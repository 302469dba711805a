using System.Numerics;
using System.Runtime.InteropServices;

namespace FlGlm.Core.Checkpoints;

/// <summary>Finds NaN and infinity in the bit patterns of floating-point numbers.</summary>
internal static class FiniteScan
{
    /// <summary>True if every number is finite.</summary>
    /// <param name="bits">The numbers' bit patterns.</param>
    /// <param name="exponent">The mask of the exponent bits; a number with all of them set is NaN or infinite.</param>
    public static bool AllFinite<T>(ReadOnlySpan<T> bits, T exponent)
        where T : unmanaged, IBinaryInteger<T>
    {
        var mask = new Vector<T>(exponent);
        var vectors = MemoryMarshal.Cast<T, Vector<T>>(bits);
        foreach (var vector in vectors)
        {
            if (Vector.EqualsAny(vector & mask, mask))
                return false;
        }

        foreach (var value in bits[(vectors.Length * Vector<T>.Count)..])
        {
            if ((value & exponent) == exponent)
                return false;
        }

        return true;
    }
}
