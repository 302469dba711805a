namespace FlGlm.Core.Configuration;

/// <summary>A value as it was written, before anything is known of its type.</summary>
/// <param name="Where">The file and line, or the <c>--set</c>, that wrote it.</param>
internal abstract record ConfigNode(string Where);
