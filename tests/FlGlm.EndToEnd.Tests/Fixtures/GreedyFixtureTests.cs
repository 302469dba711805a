using FlGlm.Testing;
using static TorchSharp.torch;

namespace FlGlm.EndToEnd.Tests.Fixtures;

/// <summary>Greedy decoding, cached and by full forwards: exactly the ids of the reference, with and without a prefix.</summary>
public sealed class GreedyFixtureTests
{
    [FixtureTheory("io_generate.safetensors")]
    [FixtureModels]
    public async Task Base_model_decodes_the_reference_ids(string name)
    {
        var model = new FixtureModel(name);
        using var stages = FixtureStages.Base(model);

        await CheckAsync(model.File("io_generate"), "", stages);
    }

    [FixtureTheory("io_generate.safetensors")]
    [FixtureModels]
    public async Task Prefix_decodes_the_reference_ids(string name)
    {
        var model = new FixtureModel(name);
        using var stages = FixtureStages.Prefix(model, model.File("io_prefix"));

        await CheckAsync(model.File("io_generate"), "prefix.", stages);
    }

    [FixtureTheory("io_generate.safetensors")]
    [FixtureModels]
    public async Task Projected_prefix_decodes_the_reference_ids(string name)
    {
        var model = new FixtureModel(name);
        using var stages = FixtureStages.ProjectedPrefix(model, model.File("io_prefix_proj"));

        await CheckAsync(model.File("io_generate"), "prefix_proj.", stages);
    }

    private static async Task CheckAsync(FixtureFile io, string scope, ThreeStages stages)
    {
        var sequence = io.Ids(scope + "sequences");
        int[] prompt = [.. io.Ids("prompt").Select(id => (int)id)];
        var cachedLogits = io[scope + "step_logits_cache"];
        var fullLogits = io.Contains(scope + "step_logits_nocache") ? io[scope + "step_logits_nocache"] : cachedLogits;

        Compare(GreedyDecoding.Run(stages, prompt, sequence.Length - prompt.Length), sequence, fullLogits);
        using var generation = new LocalGeneration(stages);
        Compare((await GreedyDecoding.RunCachedAsync(generation.Decoder, [prompt], sequence.Length - prompt.Length)).Single(), sequence, cachedLogits);
    }

    private static void Compare(GreedyDecoding decoded, long[] sequence, Tensor logits)
    {
        Assert.Equal(sequence, decoded.Ids.Select(id => (long)id));
        FixtureTolerance.Logits("generated").Check(logits, decoded.StepLogits);
    }
}
