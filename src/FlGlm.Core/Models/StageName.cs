namespace FlGlm.Core.Models;

/// <summary>The three parts of the split model (paper, section 3.1).</summary>
public enum StageName
{
    /// <summary>Embedding and first blocks, at the client.</summary>
    Head,

    /// <summary>The blocks between, at the server.</summary>
    Middle,

    /// <summary>Last blocks, final norm, LM head and loss, at the client.</summary>
    Tail,
}
