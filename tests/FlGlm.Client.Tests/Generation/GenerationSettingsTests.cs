using FlGlm.Client.Generation;
using FlGlm.Core.Configuration;

namespace FlGlm.Client.Tests.Generation;

public sealed class GenerationSettingsTests
{
    public static TheoryData<string, GenerationSettings> Wrong => new()
    {
        { "max_new_tokens", new() { MaxNewTokens = -1 } },
        { "min_new_tokens", new() { MinNewTokens = -1 } },
        { "min_new_tokens", new() { MinNewTokens = 9, MaxNewTokens = 8 } },
        { "max_length", new() { MaxLength = -1 } },
        { "max_length", new() { MaxLength = 1 } },
        { "min_length", new() { MinLength = -1 } },
        { "min_length", new() { MinLength = 9, MaxLength = 8 } },
        { "temperature", new() { Temperature = 0 } },
        { "temperature", new() { Temperature = double.NaN } },
        { "temperature", new() { Temperature = double.PositiveInfinity } },
        { "top_k", new() { TopK = -1 } },
        { "top_p", new() { TopP = 0 } },
        { "top_p", new() { TopP = 1.1 } },
        { "top_p", new() { TopP = double.NaN } },
        { "repetition_penalty", new() { RepetitionPenalty = 0 } },
        { "repetition_penalty", new() { RepetitionPenalty = double.NaN } },
        { "no_repeat_ngram_size", new() { NoRepeatNgramSize = -1 } },
        { "num_beams", new() { NumBeams = 0 } },
        { "num_beams", new() { NumBeams = 2, DoSample = true } },
        { "length_penalty", new() { LengthPenalty = double.NaN } },
    };

    [Fact]
    public void The_defaults_are_valid() => Assert.Empty(new GenerationSettings().Validate());

    [Theory]
    [MemberData(nameof(Wrong))]
    public void A_wrong_setting_is_named_by_its_key(string key, GenerationSettings settings) =>
        Assert.Equal([key], settings.Validate().Select(problem => problem.Key));

    [Fact]
    public void Keys_are_those_of_Hugging_Face_and_three_of_ours() => Assert.Equal(
        [
            "max_new_tokens", "min_new_tokens", "max_length", "min_length", "do_sample", "temperature", "top_k", "top_p", "repetition_penalty",
            "num_beams", "length_penalty", "no_repeat_ngram_size", "no_repeat_of_prompt", "early_stopping", "stop_strings", "seed", "batch_size",
        ],
        ConfigKeys.Of(typeof(GenerationSettings)));

    [Fact]
    public void Nothing_is_unused_where_zero_says_so() =>
        Assert.Empty(new GenerationSettings { MaxNewTokens = 0, MinNewTokens = 9, TopK = 0, LengthPenalty = -1 }.Validate());

    [Fact]
    public void Sampling_settings_are_named_where_nothing_is_sampled()
    {
        var settings = new GenerationSettings { Temperature = 0.5, TopK = 0, TopP = 0.9, Seed = 7 };

        Assert.Equal(["temperature", "top_k", "top_p", "seed"], settings.NotSampled());
        Assert.Empty((settings with { DoSample = true }).NotSampled());
        Assert.Empty(new GenerationSettings { RepetitionPenalty = 2 }.NotSampled());
    }

    [Fact]
    public void A_generator_refuses_settings_that_contradict_each_other()
    {
        var settings = new GenerationSettings { NumBeams = 4, DoSample = true };
        var error = Assert.Throws<ConfigurationException>(() => new TokenGenerator(new ScriptedDecoder(_ => [1]), settings, [], maxPositions: 8));

        Assert.Equal("generation.num_beams: 4 beams do not go with do_sample: true; set num_beams: 1 or do_sample: false.", error.Message);
    }
}
