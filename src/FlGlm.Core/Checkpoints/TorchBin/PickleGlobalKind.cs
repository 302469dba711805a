namespace FlGlm.Core.Checkpoints.TorchBin;

/// <summary>What a <see cref="PickleGlobal"/> stands for.</summary>
internal enum PickleGlobalKind
{
    OrderedDict,
    RebuildTensor,
    RebuildParameter,
    Storage,
}
