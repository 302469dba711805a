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
