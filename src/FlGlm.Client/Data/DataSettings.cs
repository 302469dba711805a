using System.Globalization;
using FlGlm.Core.Configuration;

namespace FlGlm.Client.Data;

/// <summary>What to train on. Never leaves the client.</summary>
public sealed record DataSettings : IValidated
{
    /// <summary>Data files, read in this order.</summary>
    public IReadOnlyList<string> Train { get; init; } = [];

    /// <summary>A file, or the share of the last training rows (more than 0, less than 1); empty = none.</summary>
    public string Validation { get; init; } = "";

    public DataFormat Format { get; init; } = DataFormat.Auto;

    /// <summary>
    /// Tokens of the longest row. Text is cut at this length; a longer prompt loses its beginning, a chat its oldest rounds, an answer nothing.
    /// </summary>
    public int MaxLength { get; init; } = 512;

    /// <summary>Used for rows with a prompt and an answer; of a text file every token is learnt.</summary>
    public LossTarget LossOn { get; init; } = LossTarget.Completion;

    /// <summary>What the prompts of rows are wrapped in; rows with a history need the chat template.</summary>
    public PromptTemplate Template { get; init; } = PromptTemplate.None;

    internal double? ValidationShare =>
        double.TryParse(Validation, NumberStyles.Float, CultureInfo.InvariantCulture, out var share) ? share : null;

    public IEnumerable<Problem> Validate()
    {
        if (Train.Count == 0 || Train.Any(string.IsNullOrWhiteSpace))
            yield return new Problem("train", "names no file; e.g. train.jsonl.");
        if (ValidationShare is { } share && !(share > 0 && share < 1))
            yield return new Problem("validation", $"{Validation} is no share; more than 0 and less than 1, or a file.");
        if (MaxLength < 2)
            yield return new Problem("max_length", $"{MaxLength} leaves nothing to predict; 2 or more.");
    }
}
