namespace FlGlm.Core.Checkpoints.TorchBin;

/// <summary>The position in an archive of the bytes of a stored (uncompressed) entry.</summary>
internal readonly record struct ZipEntry(long Offset, long Length);
