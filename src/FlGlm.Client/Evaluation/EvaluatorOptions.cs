using FlGlm.Client.Data;
using FlGlm.Client.Generation;
using FlGlm.Client.Tasks;

namespace FlGlm.Client.Evaluation;

/// <summary>What an <see cref="Evaluator"/> needs. The template of <see cref="GeneratorOptions"/> is the pattern's here, and special tokens are those of <see cref="Data"/>, as in training.</summary>
public sealed record EvaluatorOptions : GeneratorOptions
{
    /// <summary>The task and its files.</summary>
    public required DataSettings Data { get; init; }

    /// <summary>A task of your own; null = the one that <see cref="DataSettings.Task"/> names.</summary>
    public LanguageTask? Task { get; init; }

    /// <summary>Which of the task's files: <c>train</c>, <c>val</c> or <c>test</c>.</summary>
    public string Split { get; init; } = "val";

    /// <summary>How answers are scored and reported.</summary>
    public EvaluationSettings Evaluation { get; init; } = new();

    /// <summary>The most rows; 0 = all.</summary>
    public int Limit { get; init; }

    /// <summary>The part of the rows that this run evaluates.</summary>
    public Shard Shard { get; init; } = Shard.Whole;

    /// <summary>An earlier evaluation that this one must not be worse than; one of something else is refused before the model is loaded. Null = none.</summary>
    public Baseline? Baseline { get; init; }

    /// <summary>The folder for predictions and summary, where an earlier run that did not end is taken up; empty = nothing is written.</summary>
    public string Output { get; init; } = "";
}
