using FlGlm.Core.Configuration;

namespace FlGlm.Client.Generation;

/// <summary>How answers are chosen. Names, meanings and defaults are those of Hugging Face's GenerationConfig, except where noted.</summary>
public sealed record GenerationSettings : IValidated
{
    /// <summary>Tokens of the longest answer; 0 = as many as max_length and the model allow. The default 128 is ours; Hugging Face has none.</summary>
    public int MaxNewTokens { get; init; } = 128;

    /// <summary>Tokens before an answer may stop.</summary>
    public int MinNewTokens { get; init; }

    /// <summary>
    /// Tokens of the longest row, prompt included; 0 = unused. With max_new_tokens, the limit that is reached first ends the answer. Default
 /// and rule are ours: Hugging Face's default is 20, and max_new_tokens replaces it.
    /// </summary>
    public int MaxLength { get; init; }

    /// <summary>Tokens of a row, prompt included, before it may stop; 0 = unused.</summary>
    public int MinLength { get; init; }

    /// <summary>Draw tokens by their probability, not the likeliest. temperature, top_k, top_p and seed are used only then.</summary>
    public bool DoSample { get; init; }

    /// <summary>Divides the logits: less than 1 sharpens, more than 1 flattens.</summary>
    public double Temperature { get; init; } = 1;

    /// <summary>Draw from this many of the likeliest tokens; 0 = all.</summary>
    public int TopK { get; init; } = 50;

    /// <summary>Draw from the fewest tokens whose probabilities together reach this; 1 = all.</summary>
    public double TopP { get; init; } = 1;

    /// <summary>Divides positive and multiplies negative logits of tokens that the row has, its prompt included; 1 = none.</summary>
    public double RepetitionPenalty { get; init; } = 1;

    /// <summary>Beams per prompt; 1 = no beam search. length_penalty and early_stopping are used only with more.</summary>
    public int NumBeams { get; init; } = 1;

    /// <summary>Beam scores are divided by length^length_penalty: more than 0 favours long answers, less than 0 short ones.</summary>
    public double LengthPenalty { get; init; } = 1;

    /// <summary>No sequence of this many tokens occurs twice; 0 = unused.</summary>
    public int NoRepeatNgramSize { get; init; }

    /// <summary>Whether no_repeat_ngram_size also forbids the prompt's sequences, as in Hugging Face; false = those of the answer alone, as in GLM's summarisation.</summary>
    public bool NoRepeatOfPrompt { get; init; } = true;

    /// <summary>End a beam search as soon as num_beams answers are complete, instead of when no better one is possible.</summary>
    public bool EarlyStopping { get; init; }

    /// <summary>Texts that end an answer, of which they are the end. Not with a beam search.</summary>
    public IReadOnlyList<string> StopStrings { get; init; } = [];

    /// <summary>The seed of the draws; every row has its own generator.</summary>
    public long Seed { get; init; } = 42;

    /// <summary>
    /// Prompts answered together. Speed and memory depend on it. Answers do not depend on it in float32 on the CPU; in bfloat16 or on a GPU
    /// they may, where two tokens are almost equally likely.
    /// </summary>
    public int BatchSize { get; init; } = 8;

    /// <inheritdoc/>
    public IEnumerable<Problem> Validate() => [.. Lengths(), .. Choices(), .. Beams()];

    /// <summary>Keys of sampling settings that are set although do_sample is false.</summary>
    public IReadOnlyList<string> NotSampled()
    {
        var unset = new GenerationSettings();
        (string Key, bool IsSet)[] draws =
        [
            ("temperature", Temperature != unset.Temperature),
            ("top_k", TopK != unset.TopK),
            ("top_p", TopP != unset.TopP),
            ("seed", Seed != unset.Seed),
        ];
        return DoSample ? [] : [.. draws.Where(draw => draw.IsSet).Select(draw => draw.Key)];
    }

    private IEnumerable<Problem> Lengths()
    {
        if (MaxNewTokens < 0)
            yield return new Problem(
                "max_new_tokens", $"{MaxNewTokens} is no length; 1 or more, or 0 for all that the model has room for.");
        if (MinNewTokens < 0)
            yield return new Problem("min_new_tokens", $"{MinNewTokens} is no length; 0 or more.");
        if (MaxNewTokens > 0 && MinNewTokens > MaxNewTokens)
            yield return new Problem(
                "min_new_tokens", $"{MinNewTokens} is more than max_new_tokens, {MaxNewTokens}; lower the one or raise the other.");
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
            yield return new Problem(
                "temperature", $"{Temperature} is out of range; more than 0, or do_sample: false for the likeliest token.");
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
        if (BatchSize < 1)
            yield return new Problem("batch_size", $"{BatchSize} answers nothing; 1 prompt or more.");
        if (NumBeams < 1)
            yield return new Problem("num_beams", $"{NumBeams} finds nothing; 1 or more.");
        if (NumBeams > 1 && DoSample)
            yield return new Problem(
                "num_beams", $"{NumBeams} beams do not go with do_sample: true; set num_beams: 1 or do_sample: false.");
        if (StopStrings.Any(text => text.Length == 0))
            yield return new Problem("stop_strings", "holds an empty text, which would end every answer at once; leave it out.");
        if (NumBeams > 1 && StopStrings.Count > 0)
            yield return new Problem("stop_strings", $"do not go with {NumBeams} beams; set num_beams: 1 or stop_strings: [].");
        if (!double.IsFinite(LengthPenalty))
            yield return new Problem(
                "length_penalty", $"{LengthPenalty} is out of range; 1 for the mean, 0 for the sum of log-probabilities.");
    }
}
