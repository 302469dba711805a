namespace FlGlm.Core.Checkpoints.TorchBin;

/// <summary>A view of a storage, as the pickle states it and before anything is checked. Counted in elements.</summary>
internal sealed record PickledTensor(PickledStorage Storage, long Offset, long[] Shape, long[] Strides);
