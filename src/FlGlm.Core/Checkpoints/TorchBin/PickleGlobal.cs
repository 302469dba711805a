namespace FlGlm.Core.Checkpoints.TorchBin;

/// <summary>The Python names that a weight file may use. Every other name is refused, and no Python code is run.</summary>
/// <param name="Kind">Its meaning.</param>
/// <param name="ElementType">The element type of a storage.</param>
internal sealed record PickleGlobal(PickleGlobalKind Kind, ElementType ElementType = default)
{
    private static readonly Dictionary<string, PickleGlobal> Known = new()
    {
        ["collections.OrderedDict"] = new(PickleGlobalKind.OrderedDict),
        ["torch._utils._rebuild_tensor_v2"] = new(PickleGlobalKind.RebuildTensor),
        ["torch._utils._rebuild_parameter"] = new(PickleGlobalKind.RebuildParameter),
        ["torch.DoubleStorage"] = new(PickleGlobalKind.Storage, ElementType.F64),
        ["torch.FloatStorage"] = new(PickleGlobalKind.Storage, ElementType.F32),
        ["torch.HalfStorage"] = new(PickleGlobalKind.Storage, ElementType.F16),
        ["torch.BFloat16Storage"] = new(PickleGlobalKind.Storage, ElementType.BF16),
        ["torch.LongStorage"] = new(PickleGlobalKind.Storage, ElementType.I64),
        ["torch.IntStorage"] = new(PickleGlobalKind.Storage, ElementType.I32),
        ["torch.ShortStorage"] = new(PickleGlobalKind.Storage, ElementType.I16),
        ["torch.CharStorage"] = new(PickleGlobalKind.Storage, ElementType.I8),
        ["torch.ByteStorage"] = new(PickleGlobalKind.Storage, ElementType.U8),
        ["torch.BoolStorage"] = new(PickleGlobalKind.Storage, ElementType.Bool),
    };

    /// <summary>Null for a name that is not allowed.</summary>
    public static PickleGlobal? Find(string qualifiedName) => Known.GetValueOrDefault(qualifiedName);
}
