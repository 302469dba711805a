using FlGlm.Core.Checkpoints;

namespace FlGlm.Cli.Commands;

/// <summary>The values of <c>--dtype</c>: how a checkpoint's weights are stored.</summary>
internal static class StoredTypes
{
    public static IReadOnlyDictionary<string, ElementType> ByName { get; } = new Dictionary<string, ElementType>
    {
        ["float32"] = ElementType.F32,
        ["float16"] = ElementType.F16,
        ["bfloat16"] = ElementType.BF16,
    };

    /// <summary>The type's name as in a <c>config.json</c>.</summary>
    public static string NameOf(ElementType type) => type.ToScalarType().ToString().ToLowerInvariant();
}
