namespace FlGlm.Core.Configuration;

/// <summary>A value as written in the file, before its type is determined.</summary>
/// <param name="Where">The file and line, or the <c>--set</c> option, that set it.</param>
internal abstract record ConfigNode(string Where);
