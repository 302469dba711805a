using FlGlm.Core.Configuration;

using static TorchSharp.torch;

namespace FlGlm.Client.Generation;

/// <summary>Errors for prompts that cannot be answered. Messages count prompts from 1.</summary>
internal static class GenerationFaults
{
    public static FlGlmException Empty(int prompt) =>
        new DataException("prompt", prompt, $"Prompt {prompt} has no tokens; a prompt has one or more.");

    public static FlGlmException TooLong(int prompt, int length, int maxPositions) => new DataException(
        "prompt",
        prompt,
        $"Prompt {prompt} has {length} tokens and leaves no room for an answer in the model's {maxPositions} positions; shorten it.");

    public static FlGlmException OverMaxLength(int prompt, int length, int maxLength) => new ConfigurationException(
        "generation.max_length",
        $"{maxLength} leaves no room for an answer: prompt {prompt} has {length} tokens; raise it or shorten the prompt.");

    /// <param name="logits">[V] after the rules, which set logits to minus infinity but none to NaN</param>
    /// <param name="dtype">the model's number type</param>
    public static FlGlmException NoToken(int prompt, ReadOnlySpan<float> logits, ScalarType dtype)
    {
        if (!logits.ContainsAnyExceptInRange(float.NegativeInfinity, float.PositiveInfinity))
        {
            return new ConfigurationException(
                "generation.no_repeat_ngram_size", $"no token can follow prompt {prompt} and its answer so far: the n-grams that may not repeat forbid all; a larger size, or 0.");
        }

        var problem = $"no token can follow prompt {prompt} and its answer so far: no logit is a number";
        return dtype == ScalarType.Float32
            ? new CheckpointException("", $"{char.ToUpperInvariant(problem[0])}{problem[1..]}, though the model computes with float32. Use undamaged weights, and an adapter (peft.start) whose training has not diverged.")
            : new ConfigurationException("compute.dtype", $"{problem}. Numbers too large for {dtype.ToString().ToLowerInvariant()} are one cause: try float32; damaged weights or an adapter (peft.start) whose training has diverged are another.");
    }
}
