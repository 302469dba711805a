namespace FlGlm.Cli.Inspection;

/// <summary>A tied tensor: the embedding at the head, the LM head at the tail.</summary>
internal sealed record SharedTensor(string Name, long Parameters);
