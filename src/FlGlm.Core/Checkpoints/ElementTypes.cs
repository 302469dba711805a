using static TorchSharp.torch;

namespace FlGlm.Core.Checkpoints;

/// <summary>Names, sizes and torch counterparts of <see cref="ElementType"/>.</summary>
public static class ElementTypes
{
    private static readonly Dictionary<string, ElementType> ByName = Enum.GetValues<ElementType>().ToDictionary(FormatName);

    /// <summary>The name in a safetensors header, e.g. <c>BF16</c> or <c>BOOL</c>.</summary>
    public static string FormatName(this ElementType type) => type == ElementType.Bool ? "BOOL" : type.ToString();

    /// <summary>Reads a name of the safetensors format, e.g. <c>BF16</c>; case matters.</summary>
    public static bool TryParse(string? name, out ElementType type) => ByName.TryGetValue(name ?? "", out type);

    /// <summary>Bytes per element.</summary>
    public static int Size(this ElementType type) => type switch
    {
        ElementType.Bool or ElementType.U8 or ElementType.I8 => 1,
        ElementType.I16 or ElementType.F16 or ElementType.BF16 => 2,
        ElementType.I32 or ElementType.F32 => 4,
        _ => 8,
    };

    /// <summary>Whether it can hold a weight as it is.</summary>
    public static bool IsFloat(this ElementType type) => type is ElementType.F16 or ElementType.BF16 or ElementType.F32 or ElementType.F64;

    /// <summary>The torch type with the same elements.</summary>
    public static ScalarType ToScalarType(this ElementType type) => type switch
    {
        ElementType.Bool => ScalarType.Bool,
        ElementType.U8 => ScalarType.Byte,
        ElementType.I8 => ScalarType.Int8,
        ElementType.I16 => ScalarType.Int16,
        ElementType.F16 => ScalarType.Float16,
        ElementType.BF16 => ScalarType.BFloat16,
        ElementType.I32 => ScalarType.Int32,
        ElementType.F32 => ScalarType.Float32,
        ElementType.I64 => ScalarType.Int64,
        ElementType.F64 => ScalarType.Float64,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "no such element type"),
    };

    /// <summary>The stored type for a torch type.</summary>
    /// <exception cref="ArgumentOutOfRangeException">These files cannot hold complex and quantised types.</exception>
    public static ElementType FromScalarType(ScalarType type) => type switch
    {
        ScalarType.Bool => ElementType.Bool,
        ScalarType.Byte => ElementType.U8,
        ScalarType.Int8 => ElementType.I8,
        ScalarType.Int16 => ElementType.I16,
        ScalarType.Float16 => ElementType.F16,
        ScalarType.BFloat16 => ElementType.BF16,
        ScalarType.Int32 => ElementType.I32,
        ScalarType.Float32 => ElementType.F32,
        ScalarType.Int64 => ElementType.I64,
        ScalarType.Float64 => ElementType.F64,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "checkpoints hold no such element type"),
    };
}
