using System.Runtime.InteropServices;
using FlGlm.Core.Checkpoints;

namespace FlGlm.Core.Wire;

/// <summary>Finds NaN and infinity in a frame's numbers before they reach a model.</summary>
internal static class Finite
{
    public static bool All(ElementType? element, ReadOnlySpan<byte> numbers) => element switch
    {
        ElementType.F32 => FiniteScan.AllFinite(MemoryMarshal.Cast<byte, uint>(numbers), 0x7F80_0000u),
        ElementType.BF16 => FiniteScan.AllFinite(MemoryMarshal.Cast<byte, ushort>(numbers), (ushort)0x7F80),
        ElementType.F16 => FiniteScan.AllFinite(MemoryMarshal.Cast<byte, ushort>(numbers), (ushort)0x7C00),
        _ => true,
    };
}
