namespace FlGlm.Core.Configuration;

/// <summary>Values in order.</summary>
internal sealed record ConfigList(IReadOnlyList<ConfigNode> Items, string Where) : ConfigNode(Where);
