using FlGlm.Testing;
using static TorchSharp.torch;

namespace FlGlm.EndToEnd.Tests.Fixtures;

/// <summary>Greedy decoding: the very ids of the reference, with and without a prefix.</summary>
public sealed class GreedyFixtureTests
{
    [FixtureTheory("io_generate.safetensors")]
    [FixtureModels]
    public void Base_model_decodes_the_reference_ids(string name)
    {
        using var scope = NewDisposeScope();
        var model = new FixtureModel(name);
        using var stages = FixtureStages.Base(model);

        Check(model.File("io_generate"), "", "step_logits_nocache", stages);
    }

    [FixtureTheory("io_generate.safetensors")]
    [FixtureModels]
    public void Prefix_decodes_the_reference_ids(string name)
    {
        using var scope = NewDisposeScope();
        var model = new FixtureModel(name);
        using var stages = FixtureStages.Prefix(model, model.File("io_prefix"));

        Check(model.File("io_generate"), "prefix.", "step_logits_cache", stages);
    }

    [FixtureTheory("io_generate.safetensors")]
    [FixtureModels]
    public void Projected_prefix_decodes_the_reference_ids(string name)
    {
        using var scope = NewDisposeScope();
        var model = new FixtureModel(name);
        using var stages = FixtureStages.ProjectedPrefix(model, model.File("io_prefix_proj"));

        Check(model.File("io_generate"), "prefix_proj.", "step_logits_cache", stages);
    }

    private static void Check(FixtureFile io, string scope, string logits, ThreeStages stages)
    {
        var (prompt, sequence) = (io.Ids("prompt"), io.Ids(scope + "sequences"));
        var decoded = GreedyDecoding.Run(stages, prompt.Select(id => (int)id), sequence.Length - prompt.Length);

        Assert.Equal(sequence, decoded.Ids.Select(id => (long)id));
        FixtureTolerance.Logits("generated").Check(io[scope + logits], decoded.StepLogits);
    }
}
