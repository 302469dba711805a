using FlGlm.Core.Configuration;

namespace FlGlm.Client.Generation;

/// <summary>How answers are chosen. Names, meanings and defaults are those of Hugging Face's GenerationConfig, except where it is said.</summary>
public sealed record GenerationSettings : IValidated
{
    /// <summary>Tokens of the longest answer; 0 = as many as max_length and the model's positions allow. 128 is ours; Hugging Face has none.</summary>
    public int MaxNewTokens { get; init; } = 128;

    /// <summary>Tokens before an answer may stop.</summary>
    public int MinNewTokens { get; init; }

    /// <summary>Tokens of the longest row, prompt included; 0 = unused. With max_new_tokens, what comes first ends the answer.</summary>
    public int MaxLength { get; init; }

    /// <summary>Tokens of a row, prompt included, before it may stop; 0 = unused.</summary>
    public int MinLength { get; init; }

    /// <summary>Draw tokens by their probability instead of taking the likeliest. temperature, top_k, top_p and seed count only then.</summary>
    public bool DoSample { get; init; }

    /// <summary>Divides the logits: less than 1 sharpens, more than 1 flattens.</summary>
    public double Temperature { get; init; } = 1;

    /// <summary>Draw from this many of the likeliest tokens; 0 = all.</summary>
    public int TopK { get; init; } = 50;

    /// <summary>Draw from the fewest tokens whose probabilities together reach this; 1 = all.</summary>
    public double TopP { get; init; } = 1;

    /// <summary>Divides positive and multiplies negative logits of tokens that the row has, its prompt included; 1 = none.</summary>
    public double RepetitionPenalty { get; init; } = 1;

    /// <summary>Beams per prompt; 1 = no beam search. length_penalty and early_stopping count only with more.</summary>
    public int NumBeams { get; init; } = 1;

    /// <summary>Beam scores are divided by length^length_penalty: more than 0 favours long answers, less than 0 short ones.</summary>
    public double LengthPenalty { get; init; } = 1;

    /// <summary>No this-many tokens in a row occur twice, prompt included; 0 = unused.</summary>
    public int NoRepeatNgramSize { get; init; }

    /// <summary>End a beam search as soon as num_beams answers are complete, instead of when none better is to be expected.</summary>
    public bool EarlyStopping { get; init; }

    /// <summary>Seeds the draws; every row draws for itself.</summary>
    public long Seed { get; init; } = 42;

    public IEnumerable<Problem> Validate() => [.. Lengths(), .. Choices(), .. Beams()];

    private IEnumerable<Problem> Lengths()
    {
        if (MaxNewTokens < 0)
            yield return new Problem("max_new_tokens", $"{MaxNewTokens} is no length; 1 or more, or 0 for all that the model has room for.");
        if (MinNewTokens < 0)
            yield return new Problem("min_new_tokens", $"{MinNewTokens} is no length; 0 or more.");
        if (MaxNewTokens > 0 && MinNewTokens > MaxNewTokens)
            yield return new Problem("min_new_tokens", $"{MinNewTokens} is more than max_new_tokens, {MaxNewTokens}; lower the one or raise the other.");
        if (MaxLength < 0)
            yield return new Problem("max_length", $"{MaxLength} is no length; 2 or more, or 0 for none.");
        if (MaxLength == 1)
            yield return new Problem("max_length", "1 leaves no room for an answer; 2 or more, or 0 for none.");
        if (MinLength < 0)
            yield return new Problem("min_length", $"{MinLength} is no length; 0 or more.");
        if (MaxLength > 0 && MinLength > MaxLength)
            yield return new Problem("min_length", $"{MinLength} is more than max_length, {MaxLength}; lower the one or raise the other.");
    }

    private IEnumerable<Problem> Choices()
    {
        if (!(Temperature > 0 && double.IsFinite(Temperature)))
            yield return new Problem("temperature", $"{Temperature} is out of range; more than 0, or do_sample: false for the likeliest token.");
        if (TopK < 0)
            yield return new Problem("top_k", $"{TopK} is no number of tokens; 1 or more, or 0 for all.");
        if (!(TopP > 0 && TopP <= 1))
            yield return new Problem("top_p", $"{TopP} is no probability to reach; more than 0, up to 1.");
        if (!(RepetitionPenalty > 0 && double.IsFinite(RepetitionPenalty)))
            yield return new Problem("repetition_penalty", $"{RepetitionPenalty} is out of range; more than 0, and 1 for none.");
        if (NoRepeatNgramSize < 0)
            yield return new Problem("no_repeat_ngram_size", $"{NoRepeatNgramSize} is no number of tokens; 1 or more, or 0 for none.");
    }

    private IEnumerable<Problem> Beams()
    {
        if (NumBeams < 1)
            yield return new Problem("num_beams", $"{NumBeams} finds nothing; 1 or more.");
        if (NumBeams > 1 && DoSample)
            yield return new Problem("num_beams", $"{NumBeams} beams do not go with do_sample: true; set num_beams: 1 or do_sample: false.");
        if (!double.IsFinite(LengthPenalty))
            yield return new Problem("length_penalty", $"{LengthPenalty} is out of range; 1 for the mean, 0 for the sum of log-probabilities.");
    }
}
