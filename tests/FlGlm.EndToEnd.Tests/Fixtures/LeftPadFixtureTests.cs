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

        SplitReference.CheckStep(Kind + " train", io, stages, "train.");
        SplitReference.CheckGradients(Kind + " train", io.Under("train.grad."), stages.Gradients());
    }

    [FixtureTheory("io_leftpad.safetensors")]
    [FixtureModels]
    public async Task Greedy_decoding_of_a_ragged_batch_equals_the_reference_row_by_row(string name)
    {
        var model = new FixtureModel(name);
        var io = model.File("io_leftpad");
        using var stages = FixtureStages.Base(model);
        using var generation = new LocalGeneration(stages);
        var (padded, logits) = ((int)io["input_ids"].shape[1], io["generate.step_logits"]);
        int[] rows = [.. Enumerable.Range(0, (int)io["input_ids"].shape[0])];
        long[][] sequences = [.. rows.Select(row => io["generate.sequences"].select(0, row).data<long>().ToArray()[Pads(io, row)..])];
        var tokens = (int)logits.shape[0];

        var decoded = await GreedyDecoding.RunCachedAsync(generation.Decoder, [.. sequences.Select(ids => ids[..^tokens].Select(id => (int)id).ToArray())], tokens);

        Assert.Equal(padded, sequences.Max(ids => ids.Length) - tokens);
        foreach (var row in rows)
        {
            Assert.Equal(sequences[row], decoded[row].Ids.Select(id => (long)id));
            FixtureTolerance.Logits("generated").Check(logits.select(1, row), decoded[row].StepLogits, $"row {row}");
            Assert.Equal(decoded[row].Ids, GreedyDecoding.Run(stages, decoded[row].Ids.SkipLast(tokens), tokens).Ids);
        }
    }

    private static int Pads(FixtureFile io, int row) => io["valid"].select(0, row).to(int64).data<long>().ToArray().Count(valid => valid == 0);
}
