namespace FlGlm.Core.Checkpoints.TorchBin;

/// <summary>Where in an archive the bytes of a stored (uncompressed) entry lie.</summary>
internal readonly record struct ZipEntry(long Offset, long Length);
