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

        CheckKeysAndValues(Kind, model, io, stages);
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
        SplitReference.CheckStep(Kind, io, stages);
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

    /// <summary>Compares what the encoders feed the blocks; ChatGLM's reference has it as [N, 2, L, B, KV, D].</summary>
    internal static void CheckKeysAndValues(string kind, FixtureModel model, FixtureFile io, ThreeStages stages)
    {
        var reference = model.Family.Prefix.IsPublished ? io["prefix_kv"].permute(0, 1, 3, 4, 2, 5) : io["prefix_kv"];
        FixtureTolerance.PrefixValues(kind).Check(reference, KeysAndValues(stages, reference.shape[2]));
    }

    /// <returns>[N, 2, B, KV, L, D]</returns>
    private static Tensor KeysAndValues(ThreeStages stages, long rows)
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
