namespace FlGlm.Core.Checkpoints;

/// <summary>What changes when a file's content does.</summary>
/// <param name="ChangedNs">when the content was changed, in nanoseconds since 1970</param>
internal sealed record FileVersion(long Size, long ChangedNs, ulong Inode);
