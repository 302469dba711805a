using FlGlm.Client.Data;
using FlGlm.Client.Generation;

namespace FlGlm.Client.Evaluation;

/// <summary>What is evaluated, and how: equal subjects give equal predictions, so that an evaluation that did not end can be taken up.</summary>
public sealed record EvaluationSubject
{
    /// <summary>The task's name.</summary>
    public string Task { get; init; } = "";

    /// <summary>The words that its questions are set in.</summary>
    public string Pattern { get; init; } = "";

    /// <summary>Which of its files.</summary>
    public string Split { get; init; } = "";

    /// <summary>These files.</summary>
    public IReadOnlyList<DataFileHash> Files { get; init; } = [];

    /// <summary>The checkpoint directory.</summary>
    public string Model { get; init; } = "";

    /// <summary>The model's architecture, as its family describes it.</summary>
    public string Architecture { get; init; } = "";

    /// <summary>The adapter that answers; empty = none.</summary>
    public string Adapter { get; init; } = "";

    /// <summary>SHA-256 of all tensors that this side holds, of base and adapter.</summary>
    public string Weights { get; init; } = "";

    /// <summary>Tokens of the longest row.</summary>
    public int MaxLength { get; init; }

    /// <summary>The most rows; 0 = all.</summary>
    public int Limit { get; init; }

    /// <summary>The part of the rows, e.g. <c>1/1</c>.</summary>
    public string Shard { get; init; } = "";

    /// <summary>How answers are scored.</summary>
    public EvaluationSettings Evaluation { get; init; } = new();

    /// <summary>How free answers are generated; null where all answers are chosen.</summary>
    public GenerationSettings? Generation { get; init; }

    /// <summary>What cuts Chinese text into words; empty where the task needs none.</summary>
    public string Segmenter { get; init; } = "";
}
