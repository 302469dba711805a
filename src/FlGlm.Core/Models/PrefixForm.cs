namespace FlGlm.Core.Models;

/// <summary>How a family's published trainer shapes and names the prefix encoder of P-tuning v2.</summary>
public sealed record PrefixForm
{
    /// <summary>What the projection's layers are called: <c>transform</c> (PEFT) or <c>trans</c> (ChatGLM).</summary>
    public required string Mlp { get; init; }

    /// <summary>Width of the embedding that the projection reads.</summary>
    public required int Inputs { get; init; }

    /// <summary>Width inside the projection, where the settings name none.</summary>
    public required int Hidden { get; init; }

    /// <summary>Dropout on the prefix keys and values, where the settings name none. ChatGLM's trainer: 0.1; PEFT: none.</summary>
    public double Dropout { get; init; }

    /// <summary>Whether real tokens start at position L behind a prefix (PEFT); else at 0.</summary>
    public bool MovesPositions { get; init; }

    /// <summary>Whether prefixes are kept as ChatGLM's own trainer saves them; else as PEFT adapters.</summary>
    public bool IsPublished { get; init; }
}
