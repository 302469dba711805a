using FlGlm.Core.Configuration;
using FlGlm.Testing;
using static TorchSharp.torch;

namespace FlGlm.Client.Tests.Generation;

/// <summary>Keys and values from the cache instead of from a full forward: the same logits, also if rows are left out, repeated or moved in between.</summary>
public sealed class CachedGenerationTests
{
    private static readonly Tolerance Close = Tolerance.Relative("cached logits", 5e-6);

    public static TheoryData<string, PeftMethod> Models => new()
    {
        { "llama", PeftMethod.None },
        { "llama", PeftMethod.PTuningV2 },
        { "chatglm", PeftMethod.None },
        { "chatglm", PeftMethod.PTuningV2 },
        { "chatglm2", PeftMethod.None },
        { "chatglm2", PeftMethod.PTuningV2 },
    };

    [Theory]
    [MemberData(nameof(Models))]
    public async Task Cached_greedy_decoding_of_a_ragged_batch_equals_full_forwards_row_by_row(string family, PeftMethod method)
    {
        var tiny = TinyGeneration.Of(family);
        using var stages = tiny.Open(method);
        using var generation = new LocalGeneration(stages);

        var decoded = await GreedyDecoding.RunCachedAsync(generation.Decoder, tiny.Prompts, 12);

        foreach (var (prompt, row) in tiny.Prompts.Zip(decoded))
        {
            var full = GreedyDecoding.Run(stages, prompt, 12);
            Assert.Equal(full.Ids, row.Ids);
            Close.Check(full.StepLogits, row.StepLogits);
        }
    }

    [Theory]
    [MemberData(nameof(Models))]
    public async Task Rows_that_are_left_out_repeated_and_moved_go_on_as_if_alone(string family, PeftMethod method)
    {
        var tiny = TinyGeneration.Of(family);
        using var stages = tiny.Open(method);
        using var generation = new LocalGeneration(stages);
        await generation.Decoder.PrefillAsync(tiny.Prompts, default);
        await generation.Decoder.DecodeAsync([5, 6, 7], [2, 0, 2], default);
        var logits = await generation.Decoder.DecodeAsync([8, 9], [2, 1], default);

        Close.Check(Full([.. tiny.Prompts[2], 7, 8]), tensor(logits[0]));
        Close.Check(Full([.. tiny.Prompts[0], 6, 9]), tensor(logits[1]));

        Tensor Full(int[] ids) => GreedyDecoding.Run(stages, ids, 1).StepLogits.select(0, 0);
    }

    [Theory]
    [MemberData(nameof(Models))]
    public async Task Several_tokens_in_one_pass_behind_shared_prompts_are_judged_as_if_alone(string family, PeftMethod method)
    {
        var tiny = TinyGeneration.Of(family);
        using var stages = tiny.Open(method);
        using var generation = new LocalGeneration(stages);
        int[][] answers = [[5, 6, 7, 8, 9], [10, 11], [12, 13, 4]];
        int[] prompts = [0, 2, 0];
        await generation.Decoder.PrefillAsync(tiny.Prompts, default);

        var judged = await generation.Decoder.JudgeAsync(answers, prompts, default);

        for (var row = 0; row < answers.Length; row++)
        {
            for (var next = 1; next < answers[row].Length; next++)
            {
                var whole = GreedyDecoding.Run(stages, [.. tiny.Prompts[prompts[row]], .. answers[row][..next]], 1).StepLogits.select(0, 0);
                Assert.Equal(whole.log_softmax(-1)[answers[row][next]].item<float>(), judged[row][next - 1], 1e-5f);
            }
        }
    }

    [Theory]
    [InlineData("llama")]
    [InlineData("chatglm")]
    public async Task Rows_of_different_lengths_go_on_after_several_tokens_in_one_pass(string family)
    {
        var tiny = TinyGeneration.Of(family);
        using var stages = tiny.Open(PeftMethod.None);
        using var generation = new LocalGeneration(stages);
        await generation.Decoder.PrefillAsync(tiny.Prompts, default);
        await generation.Decoder.JudgeAsync([[5, 6, 7, 8], [9, 10]], [1, 2], default);  // reads 5, 6, 7 and 9

        var logits = await generation.Decoder.DecodeAsync([11, 12], [0, 1], default);

        Close.Check(GreedyDecoding.Run(stages, [.. tiny.Prompts[1], 5, 6, 7, 11], 1).StepLogits.select(0, 0), tensor(logits[0]));
        Close.Check(GreedyDecoding.Run(stages, [.. tiny.Prompts[2], 9, 12], 1).StepLogits.select(0, 0), tensor(logits[1]));
    }

    [Fact]
    public async Task New_prompts_begin_anew()
    {
        var tiny = TinyGeneration.Of("llama");
        using var stages = tiny.Open(PeftMethod.None);
        using var generation = new LocalGeneration(stages);

        var first = await GreedyDecoding.RunCachedAsync(generation.Decoder, tiny.Prompts, 80);
        var again = await GreedyDecoding.RunCachedAsync(generation.Decoder, tiny.Prompts, 80);

        Assert.Equal(first.Select(row => row.Ids), again.Select(row => row.Ids));
    }
}
