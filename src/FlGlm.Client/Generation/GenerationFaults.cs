using FlGlm.Core.Configuration;

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

    public static FlGlmException NoToken(int prompt) => new ConfigurationException(
        "compute.dtype",
        $"no token can follow prompt {prompt} and its answer so far: "
        + "no logit is a number, or generation.no_repeat_ngram_size forbids all; try float32.");
}
