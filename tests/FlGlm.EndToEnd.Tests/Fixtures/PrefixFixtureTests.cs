using FlGlm.Core.Models;
using FlGlm.Core.Peft;
using FlGlm.Testing;
using static TorchSharp.torch;

namespace FlGlm.EndToEnd.Tests.Fixtures;

/// <summary>P-tuning v2 without projection: three stage-owned encoders, cut from the one that the reference trains.</summary>
public sealed class PrefixFixtureTests
{
    private const string Kind = "prefix";

    [FixtureTheory("io_prefix.safetensors")]
    [FixtureModels]
    public void Encoders_give_the_reference_keys_and_values(string name)
    {
        using var scope = NewDisposeScope();
        var model = new FixtureModel(name);
        var io = model.File("io_prefix");
        using var stages = FixtureStages.Prefix(model, io);

        FixtureTolerance.PrefixValues(Kind).Check(io["prefix_kv"], KeysAndValues(stages, io["prefix_kv"].shape[2]));
    }

    [FixtureTheory("io_prefix.safetensors")]
    [FixtureModels]
    public void Split_gives_the_reference_loss_and_gradients(string name)
    {
        using var scope = NewDisposeScope();
        var model = new FixtureModel(name);
        var io = model.File("io_prefix");
        var batch = io.Batch();
        using var stages = FixtureStages.Prefix(model, io);

        SplitReference.Check(FixtureTolerance.Logits(Kind), io, batch, "logits", stages.Logits(batch.Batch));
        SplitReference.CheckWalk(Kind, io, stages);
        var gradients = stages.Parameters.Select(parameter => parameter.Value.grad!).ToList();
        FixtureTolerance.Gradient(Kind).Check(io["grad.embedding.weight"], cat(gradients, 1));
    }

    [FixtureTheory("io_prefix.safetensors")]
    [FixtureModels]
    public async Task Three_encoders_with_their_own_Adams_follow_the_reference_trajectory(string name)
    {
        var model = new FixtureModel(name);
        var io = model.File("io_prefix");
        using var stages = FixtureStages.Prefix(model, io);

        await AdamTrajectory.CheckAsync(Kind, io, stages, () => new Dictionary<string, Tensor> { ["embedding.weight"] = Embedding(stages) });
    }

    /// <returns>[N, 2, B, KV, L, D], as the reference feeds its blocks</returns>
    internal static Tensor KeysAndValues(ThreeStages stages, long rows)
    {
        using var dropout = new Dropout(0, TestDevice.Device);
        var blocks = stages.Blocks.SelectMany(stack => stack.Prefix?.Encode(rows, float32, dropout) ?? []);
        return stack([.. blocks.Select(block => stack([block.Key, block.Value]))]);
    }

    /// <summary>The stages' columns put together again: [L, N * 2 * key width].</summary>
    private static Tensor Embedding(ThreeStages stages)
    {
        using var grad = no_grad();
        return cat([.. stages.Blocks.SelectMany(stack => ((PlainPrefixEncoder)stack.Prefix!).EncodeBlocks())], 1);
    }
}
