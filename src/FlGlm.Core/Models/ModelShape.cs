namespace FlGlm.Core.Models;

/// <summary>The sizes that every family has.</summary>
public sealed record ModelShape
{
    /// <summary>N.</summary>
    public required int Blocks { get; init; }

    /// <summary>H.</summary>
    public required int Hidden { get; init; }

    /// <summary>A, the query heads.</summary>
    public required int Heads { get; init; }

    /// <summary>Key and value heads (groups).</summary>
    public required int KeyValueHeads { get; init; }

    /// <summary>D.</summary>
    public required int HeadSize { get; init; }

    /// <summary>V.</summary>
    public required int Vocabulary { get; init; }

    /// <summary>Longest sequence, prefix not counted.</summary>
    public required int MaxPositions { get; init; }

    /// <summary>Whether the LM head is the embedding's own tensor.</summary>
    public required bool TiedHead { get; init; }

    /// <summary>The padding token whose embedding row never trains; null where the config names none.</summary>
    public int? PadId { get; init; }

    /// <summary>Dropout on attention probabilities that the checkpoint's config asks for in training.</summary>
    public double AttentionDropout { get; init; }

    /// <summary>Standard deviation of an untrained weight.</summary>
    public double InitializerRange { get; init; } = 0.02;

    /// <summary>Width of one block's prefix keys (PEFT's token_dim).</summary>
    public int KeyWidth => KeyValueHeads * HeadSize;
}
