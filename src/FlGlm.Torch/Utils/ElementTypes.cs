using static TorchSharp.torch;

namespace TorchSharp.Utils;

/// <summary>Which .NET type holds which element type.</summary>
internal static class ElementTypes
{
    internal static ScalarType Of<T>() => Of(typeof(T)) ?? throw new ArgumentException($"No tensor holds {typeof(T).Name} values.");

    /// <summary>Throws where the .NET type is not the one of these elements.</summary>
    internal static void Check<T>(ScalarType dtype)
    {
        if (Of(typeof(T)) != dtype) throw new ArgumentException($"A tensor of {dtype} elements cannot be read as {typeof(T).Name}.");
    }

    private static ScalarType? Of(Type type) =>
        type == typeof(float) ? ScalarType.Float32
        : type == typeof(long) ? ScalarType.Int64
        : type == typeof(int) ? ScalarType.Int32
        : type == typeof(double) ? ScalarType.Float64
        : type == typeof(bool) ? ScalarType.Bool
        : type == typeof(byte) ? ScalarType.Byte
        : type == typeof(sbyte) ? ScalarType.Int8
        : type == typeof(short) ? ScalarType.Int16
        : type == typeof(Half) ? ScalarType.Float16
        : type == typeof(BFloat16) ? ScalarType.BFloat16
        : null;
}
