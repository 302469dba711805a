namespace FlGlm.Core.Configuration;

/// <summary>One word, number or text; plain if it was written without quotes.</summary>
internal sealed record ConfigScalar(string Text, bool IsPlain, string Where) : ConfigNode(Where)
{
    /// <summary>YAML's three forms of null.</summary>
    public bool IsNull => IsPlain && Text is ("" or "~" or "null");
}
