namespace FlGlm.Core.Checkpoints.TorchBin;

/// <summary>The meaning of a <see cref="PickleGlobal"/>.</summary>
internal enum PickleGlobalKind
{
    OrderedDict,
    RebuildTensor,
    RebuildParameter,
    Storage,
}
