namespace FlGlm.Core.Checkpoints.TorchBin;

/// <summary>A flat array of the archive, shared by one or more tensors.</summary>
/// <param name="Key">The archive entry <c>data/KEY</c> holds its bytes.</param>
/// <param name="ElementType">Its elements.</param>
/// <param name="Count">How many elements it claims to have.</param>
internal sealed record PickledStorage(string Key, ElementType ElementType, long Count);
