using FlGlm.Client.Generation;
using FlGlm.Core.Configuration;
using TorchSharp;

namespace FlGlm.Client.Tests.Generation;

public sealed class GeneratorTests
{
    private static readonly int[] Prompt = [1, 2, 3, 4];

    public static TheoryData<GenerationSettings, int, int> Longest => new()
    {
        { new() { MaxNewTokens = 7 }, 100, 7 },
        { new() { MaxNewTokens = 7, MaxLength = 9 }, 100, 5 },
        { new() { MaxNewTokens = 3, MaxLength = 9 }, 100, 3 },
        { new() { MaxNewTokens = 0, MaxLength = 30 }, 100, 26 },
        { new() { MaxNewTokens = 0 }, 50, 46 },
        { new() { MaxNewTokens = 7 }, 5, 1 },
        { new() { MaxNewTokens = 7, NumBeams = 3 }, 100, 7 },
        { new() { MaxNewTokens = 7, NumBeams = 3 }, 6, 2 },
        { new() { MaxNewTokens = 7, DoSample = true }, 100, 7 },
    };

    public static TheoryData<GenerationSettings, int> Shortest => new()
    {
        { new(), 0 },
        { new() { MinNewTokens = 3 }, 3 },
        { new() { MinLength = 9 }, 5 },
        { new() { MinNewTokens = 3, MinLength = 9 }, 5 },
        { new() { MinNewTokens = 3, NumBeams = 2 }, 3 },
        { new() { MinLength = 9, DoSample = true, TopK = 1 }, 5 },
    };

    public static TheoryData<GenerationSettings, int, int[], Type, string> Unanswerable => new()
    {
        { new(), 4, Prompt, typeof(DataException), "Prompt 12 has 4 tokens and leaves no room for an answer in the model's 4 positions; shorten it." },
        { new(), 4, [], typeof(DataException), "Prompt 12 has no tokens; a prompt has one or more." },
        {
            new() { MaxLength = 4 }, 9, Prompt, typeof(ConfigurationException),
            "generation.max_length: 4 leaves no room for an answer: prompt 12 has 4 tokens; raise it or shorten the prompt."
        },
    };

    public static TheoryData<GenerationSettings> Ways =>
        [new GenerationSettings { NumBeams = 1 }, new GenerationSettings { DoSample = true, TopP = 0.9 }, new GenerationSettings { NumBeams = 3 }];

    [Theory]
    [MemberData(nameof(Longest))]
    public async Task An_answer_ends_at_the_first_of_its_limits(GenerationSettings settings, int maxPositions, int expected)
    {
        var answer = await Decoding.OfAsync(_ => [-99, 1, 2, 3, 4, 3, 2], settings, Prompt, maxPositions);

        Assert.Equal(expected, answer.Ids.Count);
        Assert.Equal((FinishReason.Length, (int?)null), (answer.FinishReason, answer.StopId));
    }

    [Theory]
    [MemberData(nameof(Shortest))]
    public async Task An_answer_stops_no_sooner_than_it_may(GenerationSettings settings, int expected)
    {
        var answer = await Decoding.OfAsync(_ => [99, 1, 2, 3, 4, 3, 2], settings, Prompt);

        Assert.Equal(expected, answer.Ids.Count);
        Assert.Equal(FinishReason.Stop, answer.FinishReason);
    }

    [Theory]
    [MemberData(nameof(Unanswerable))]
    public async Task A_prompt_without_room_is_refused_before_any_is_read(GenerationSettings settings, int maxPositions, int[] prompt, Type kind, string message)
    {
        var decoder = new ScriptedDecoder(_ => [1]);
        var generator = new TokenGenerator(decoder, settings, [0], maxPositions);
        var error = await Record.ExceptionAsync(() => generator.GenerateAsync([[1], prompt], firstRow: 10));
        var early = Record.Exception(() => TokenGenerator.Check([.. Enumerable.Repeat<int[]>([1], 11), prompt], settings, maxPositions));

        Assert.Equal((kind, message), (error?.GetType(), error?.Message));
        Assert.Equal((kind, message), (early?.GetType(), early?.Message));
        Assert.Empty(decoder.RowsOfCalls);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Logits_that_are_no_numbers_are_an_error_not_an_answer(GenerationSettings settings)
    {
        static float[] Broken(IReadOnlyList<int> ids) => ids.Count < 6 ? [-9, 1, 2, 3, float.NaN] : [float.NaN, float.NaN, float.NaN, float.NaN, float.NaN];
        var whole = await FailAsync<CheckpointException>(Broken, settings, torch.float32);
        var half = await FailAsync<ConfigurationException>(Broken, settings, torch.bfloat16);

        Assert.StartsWith("No token can follow prompt 1 and its answer so far: no logit is a number, though the model computes with float32.", whole.Message, StringComparison.Ordinal);
        Assert.Contains("peft.start", whole.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("compute.dtype", whole.Message, StringComparison.Ordinal);
        Assert.StartsWith("compute.dtype: no token can follow prompt 1 and its answer so far: no logit is a number. Numbers too large for bfloat16 ", half.Message, StringComparison.Ordinal);
        Assert.Contains("peft.start", half.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Where_the_settings_forbid_every_token_the_setting_is_named(GenerationSettings settings)
    {
        var error = await FailAsync<ConfigurationException>(_ => [1, 2, 3, 4, 5], settings with { NoRepeatNgramSize = 1, MinNewTokens = 50 }, torch.bfloat16);

        Assert.StartsWith("generation.no_repeat_ngram_size: no token can follow prompt 1 ", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Every_token_of_an_answer_is_reported_once_and_in_order(GenerationSettings settings)
    {
        List<GeneratedToken> told = [];
        var decoder = new ScriptedDecoder(ids => ScriptedDecoder.Hashed(ids, 9));
        var answers = await new TokenGenerator(decoder, settings with { MinNewTokens = 3 }, [0, 4], maxPositions: 30).GenerateAsync([[1, 2], [3], [5, 6, 7]], told.Add);

        Assert.Contains(answers, row => row.Ids.Count > 3);
        Assert.All(answers.Index(), row => Assert.Equal(row.Item.Ids, told.Where(token => token.Row == row.Index).Select(token => token.Id)));
    }

    [Fact]
    public async Task Tokens_are_reported_before_the_next_are_computed()
    {
        List<int> toldAt = [];
        var decoder = new ScriptedDecoder(ids => Decoding.Counting(ids, 10));
        await new TokenGenerator(decoder, new(), [0], maxPositions: 30).GenerateAsync([[5]], _ => toldAt.Add(decoder.RowsOfCalls.Count));

        Assert.Equal([1, 2, 3, 4], toldAt);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Any_of_the_stop_ids_ends_an_answer_and_is_recorded(GenerationSettings settings)
    {
        var decoder = new ScriptedDecoder(ids => [-99, 1, 0, ids.Count > 4 ? 99 : -99]);
        var answer = Assert.Single(await new TokenGenerator(decoder, settings, [0, 3], maxPositions: 30).GenerateAsync([[1, 2, 2]]));

        Assert.Equal((2, FinishReason.Stop, 3), (answer.Ids.Count, answer.FinishReason, answer.StopId));
        Assert.DoesNotContain(3, answer.Ids);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Cancelling_stops_before_the_next_token(int beams)
    {
        using var cancelling = new CancellationTokenSource();
        var calls = 0;
        var decoder = new ScriptedDecoder(ids =>
        {
            if (ids.Count == 5 && ++calls == 1)
                cancelling.Cancel();
            return [-99, 1, 2];
        });
        var generator = new TokenGenerator(decoder, new() { NumBeams = beams }, [0], maxPositions: 90);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => generator.GenerateAsync([[1, 2]], ct: cancelling.Token));
        Assert.Equal(4, decoder.RowsOfCalls.Count);
    }

    [Fact]
    public async Task No_prompts_have_no_answers() => Assert.Empty(await Decoding.RunAsync(_ => [1], new(), []));

    private static Task<T> FailAsync<T>(Func<IReadOnlyList<int>, float[]> logits, GenerationSettings settings, torch.ScalarType dtype)
        where T : Exception =>
        Assert.ThrowsAsync<T>(() => new TokenGenerator(new ScriptedDecoder(logits) { Dtype = dtype }, settings, [Decoding.Stop], maxPositions: 1000).GenerateAsync([Prompt]));
}
