using FlGlm.Core.Checkpoints;
using FlGlm.Core.Configuration;
using FlGlm.Core.Models;
using FlGlm.Core.Models.ChatGlm;
using FlGlm.Core.Models.ChatGlm2;
using FlGlm.Core.Splitting;
using FlGlm.Testing;
using static TorchSharp.torch;

namespace FlGlm.EndToEnd.Tests.Fixtures;

/// <summary>Intermediate results of block 0, for fixtures that have them.</summary>
public sealed class BlockInsideFixtureTests
{
    [FixtureTheory("io_debug.safetensors", "debug.block0.q")]
    [FixtureModels]
    public void Projections_and_rotary_positions_of_block_0_equal_the_reference(string name)
    {
        using var scope = NewDisposeScope();
        using var grad = no_grad();
        var model = new FixtureModel(name);
        var inside = model.File("io_debug").Under("debug.block0.");
        using var checkpoint = HfCheckpoint.Open(model.Hf);
        var blueprint = ThreeStages.BlueprintOf(checkpoint, new PeftSettings(), FixtureStages.Cut(model.Hf));
        var block = blueprint.Family.CreateBlock(0, new StageWeights(checkpoint, blueprint, StageName.Head));
        using var dropout = new Dropout(0, blueprint.Device);
        var input = inside["input_layernorm"].to(blueprint.Device);
        var layout = new SequenceLayout([.. Enumerable.Repeat((int)input.shape[1], (int)input.shape[0])]);
        var (cos, sin, _) = blueprint.Family.CreateTables(layout, prefixLength: 0, float32, blueprint.Device);
        foreach (var letter in new[] { "q", "k", "v" })
        {
            var projected = block.Projections.Single(p => p.Module.EndsWith($".{letter}_proj", StringComparison.Ordinal)).Forward(input, dropout);
            FixtureTolerance.Hidden("inside block").Check(inside[letter], projected, letter);
            if (!inside.TryGetValue(letter + "_rot", out var rotated))
                continue;
            var heads = projected.view(input.shape[0], input.shape[1], rotated.shape[1], rotated.shape[3]).transpose(1, 2);
            FixtureTolerance.Hidden("inside block").Check(rotated, Rotary.Turn(heads, cos, sin), letter + "_rot");
        }
    }

    [FixtureTheory("io_debug.safetensors", "debug.block0.qkv")]
    [FixtureModels]
    public void Fused_projection_and_rotary_positions_of_a_ChatGLM_block_0_equal_the_reference(string name)
    {
        using var scope = NewDisposeScope();
        using var grad = no_grad();
        var model = new FixtureModel(name);
        var batch = model.File("io").Batch();
        var inside = model.File("io_debug").Under("debug.block0.");
        using var checkpoint = HfCheckpoint.Open(model.Hf);
        var blueprint = ThreeStages.BlueprintOf(checkpoint, new PeftSettings(), FixtureStages.Cut(model.Hf));
        var block = blueprint.Family.CreateBlock(0, new StageWeights(checkpoint, blueprint, StageName.Head));
        using var dropout = new Dropout(0, blueprint.Device);
        var fused = block.Projections.First().Forward(batch.RowsFirst(inside["input_layernorm"]).to(blueprint.Device), dropout);
        FixtureTolerance.Hidden("inside block").Check(batch.RowsFirst(inside["qkv"]), fused, "qkv");

        var (cos, sin, _) = blueprint.Family.CreateTables(batch.Batch.Layout, prefixLength: 0, float32, blueprint.Device);
        var rotated = batch.RowsFirst(inside["q_rot"]);
        var query = fused.view(fused.shape[0], fused.shape[1], -1, rotated.shape[3]);
        query = blueprint.Family is ChatGlmFamily
            ? ChatGlmRotary.Turn(query.view(fused.shape[0], fused.shape[1], rotated.shape[2], -1).narrow(3, 0, rotated.shape[3]).transpose(1, 2), cos, sin)
            : ChatGlm2Rotary.Turn(query.narrow(2, 0, rotated.shape[2]).transpose(1, 2), cos, sin);
        FixtureTolerance.Hidden("inside block").Check(rotated, query.transpose(1, 2), "q_rot");
    }
}
