using FlGlm.Testing;
using static TorchSharp.torch;

namespace FlGlm.EndToEnd.Tests.Fixtures;

/// <summary>Left-padded batches: their pads are shifted out, so results are compared at the real tokens.</summary>
public sealed class LeftPadFixtureTests
{
    private const string Kind = "leftpad";

    [FixtureTheory("io_leftpad.safetensors")]
    [FixtureModels]
    public void Logits_and_hidden_states_equal_the_reference(string name)
    {
        using var scope = NewDisposeScope();
        var model = new FixtureModel(name);
        var io = model.File("io_leftpad");
        var batch = io.Batch();
        using var stages = FixtureStages.Base(model);

        SplitReference.Check(FixtureTolerance.Logits(Kind), io, batch, "logits", stages.Logits(batch.Batch));
        foreach (var (hidden, file) in HeadReferences.Of(model.Hf, batch.Batch).Where(reference => io.Contains(reference.Name)))
            SplitReference.Check(FixtureTolerance.Hidden(Kind), io, batch, file, hidden);
    }

    [FixtureTheory("io_leftpad.safetensors", "train.loss")]
    [FixtureModels]
    public void Training_through_the_split_gives_the_reference_loss_and_gradients(string name)
    {
        using var scope = NewDisposeScope();
        var model = new FixtureModel(name);
        var io = model.File("io_leftpad");
        using var stages = FixtureStages.Base(model);

        SplitReference.CheckWalk(Kind + " train", io, stages, "train.");
        SplitReference.CheckGradients(Kind + " train", io.Under("train.grad."), stages.Gradients());
    }

    [FixtureTheory("io_leftpad.safetensors")]
    [FixtureModels]
    public void Greedy_decoding_of_every_row_equals_the_batched_reference(string name)
    {
        using var scope = NewDisposeScope();
        var model = new FixtureModel(name);
        var io = model.File("io_leftpad");
        using var stages = FixtureStages.Base(model);
        var (ids, sequences, logits) = (io["input_ids"], io["generate.sequences"], io["generate.step_logits"]);
        var padded = (int)ids.shape[1];
        for (var row = 0; row < ids.shape[0]; row++)
        {
            var sequence = sequences.select(0, row).data<long>().ToArray();
            var pads = io["valid"].select(0, row).to(int64).data<long>().ToArray().Count(valid => valid == 0);
            var decoded = GreedyDecoding.Run(stages, sequence[pads..padded].Select(id => (int)id), sequence.Length - padded);

            Assert.Equal(sequence[pads..], decoded.Ids.Select(id => (long)id));
            FixtureTolerance.Logits("generated").Check(logits.select(1, row), decoded.StepLogits, $"row {row}");
        }
    }
}
