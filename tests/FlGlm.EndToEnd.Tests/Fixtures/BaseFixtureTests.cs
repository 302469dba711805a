using FlGlm.Core.Checkpoints;
using FlGlm.Core.Configuration;
using FlGlm.Core.Models;
using FlGlm.Core.Splitting;
using FlGlm.Testing;
using static TorchSharp.torch;

namespace FlGlm.EndToEnd.Tests.Fixtures;

/// <summary>The untouched model and full fine-tuning against the model's original code.</summary>
public sealed class BaseFixtureTests
{
    private const string Kind = "base";

    [FixtureTheory]
    [FixtureModels]
    public void Logits_equal_the_reference(string name) => CheckLogits(new FixtureModel(name), "hf");

    [FixtureTheory("hf_sharded")]
    [FixtureModels]
    public void Logits_of_the_sharded_checkpoint_equal_the_reference(string name) => CheckLogits(new FixtureModel(name), "hf_sharded");

    [FixtureTheory("hf_fp16")]
    [FixtureModels]
    public void Logits_and_loss_of_the_half_precision_weights_equal_the_reference(string name)
    {
        using var scope = NewDisposeScope();
        var model = new FixtureModel(name);
        var (io, half) = (model.File("io"), model.File("io_fp16"));
        using var stages = FixtureStages.Base(model, "hf_fp16");
        var all = io.Batch();
        var rows = half["logits"].shape[0];
        var first = new FixtureBatch(io["input_ids"].narrow(0, 0, rows).contiguous(), io["valid"].narrow(0, 0, rows).contiguous(), labels: null, model.Family.Marks);

        FixtureTolerance.Loss("fp16").Check(half.Number("loss"), stages.Loss(all.Batch));
        FixtureTolerance.Logits("fp16").Check(first.Theirs(half["logits"]), first.Ours(stages.Logits(first.Batch)));
    }

    [FixtureTheory]
    [FixtureModels]
    public void Hidden_states_after_every_block_equal_the_reference(string name)
    {
        using var scope = NewDisposeScope();
        var model = new FixtureModel(name);
        var io = model.File("io");
        var batch = io.Batch();
        foreach (var (hidden, file) in HeadReferences.Of(model.Hf, batch.Batch))
            SplitReference.Check(FixtureTolerance.Hidden(Kind), io, batch, file, hidden);
    }

    [FixtureTheory]
    [FixtureModels]
    public void Every_block_by_itself_equals_the_reference(string name)
    {
        using var scope = NewDisposeScope();
        using var grad = no_grad();
        var model = new FixtureModel(name);
        var io = model.File("io");
        var batch = io.Batch();
        var blocks = FixtureStages.Blocks(model.Hf);
        for (var block = 0; block < blocks; block++)
        {
            using var stages = HeadReferences.WithMiddle(model.Hf, block);
            var input = batch.RowsFirst(io[block == 0 ? "hidden.embed" : $"hidden.block.{block - 1}"]);
            var output = stages.Middle.Blocks.Forward(input.narrow(1, 0, batch.Batch.Length).to(TestDevice.Device), batch.Batch.Layout, PassMode.Evaluate);

            SplitReference.Check(FixtureTolerance.Hidden("block"), io, batch, $"hidden.block.{block}", output);
        }
    }

    [FixtureTheory]
    [FixtureModels]
    public void Final_norm_equals_the_reference(string name)
    {
        using var scope = NewDisposeScope();
        var model = new FixtureModel(name);
        var io = model.File("io");
        using var checkpoint = HfCheckpoint.Open(model.Hf);
        var blueprint = ThreeStages.BlueprintOf(checkpoint, new PeftSettings(), FixtureStages.Cut(model.Hf));
        var norm = blueprint.Family.CreateFinalNorm(new StageWeights(checkpoint, blueprint, StageName.Tail));
        var last = io[$"hidden.block.{blueprint.Family.Shape.Blocks - 1}"].to(blueprint.Device);

        FixtureTolerance.Hidden(Kind).Check(io["hidden.final_norm"], norm.Forward(last));
    }

    [FixtureTheory]
    [FixtureModels]
    public void Full_fine_tuning_through_the_split_gives_the_reference_gradients(string name) => CheckGradients(new FixtureModel(name), "hf");

    [FixtureTheory("hf_sharded")]
    [FixtureModels]
    public void Full_fine_tuning_of_the_sharded_checkpoint_gives_the_reference_gradients(string name) =>
        CheckGradients(new FixtureModel(name), "hf_sharded");

    private static void CheckLogits(FixtureModel model, string form)
    {
        using var scope = NewDisposeScope();
        var io = model.File("io");
        var batch = io.Batch();
        using var stages = FixtureStages.Base(model, form);

        FixtureTolerance.Loss(Kind).Check(io.Number("loss"), stages.Loss(batch.Batch));
        SplitReference.Check(FixtureTolerance.Logits(Kind), io, batch, "logits", stages.Logits(batch.Batch));
    }

    private static void CheckGradients(FixtureModel model, string form)
    {
        using var scope = NewDisposeScope();
        var io = model.File("io");
        using var stages = FixtureStages.Base(model, form);

        SplitReference.CheckStep(Kind, io, stages);
        SplitReference.CheckGradients(Kind, ReferenceGradients(io, stages.Blueprint.Family), stages.Gradients());
    }

    /// <summary>Of a tied model the file may hold the two contributions beside their sum; a tied model trains the sum.</summary>
    private static Dictionary<string, Tensor> ReferenceGradients(FixtureFile io, ModelFamily family)
    {
        var all = io.Under("grad.");
        var tied = io.Under("grad.tied.");
        var gradients = all.Where(gradient => family.Tensors.Any(tensor => tensor.Name == gradient.Key)).ToDictionary();
        if (family.Shape.TiedHead && tied.TryGetValue(family.EmbeddingName, out var sum))
            gradients[family.EmbeddingName] = sum;
        return gradients;
    }
}
