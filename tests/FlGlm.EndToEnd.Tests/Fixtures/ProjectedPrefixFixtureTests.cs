using FlGlm.Core.Models;
using FlGlm.Core.Peft;
using FlGlm.Testing;
using static TorchSharp.torch;

namespace FlGlm.EndToEnd.Tests.Fixtures;

/// <summary>
/// P-tuning v2 with projection. The reference trains one encoder over all blocks; in the split every stage has one of its own, which
/// starts here as the stage's slice of the reference's.
/// </summary>
public sealed class ProjectedPrefixFixtureTests
{
    private const string Kind = "prefix_proj";

    [FixtureTheory("io_prefix_proj.safetensors")]
    [FixtureModels]
    public void Encoder_gives_the_reference_keys_and_values(string name)
    {
        using var scope = NewDisposeScope();
        var model = new FixtureModel(name);
        var io = model.File("io_prefix_proj");
        using var stages = FixtureStages.ProjectedPrefix(model, io);

        PrefixFixtureTests.CheckKeysAndValues(Kind, model, io, stages);
    }

    [FixtureTheory("io_prefix_proj.safetensors")]
    [FixtureModels]
    public void Split_gives_the_reference_loss_and_stage_gradients_that_sum_to_the_reference(string name)
    {
        using var scope = NewDisposeScope();
        var model = new FixtureModel(name);
        var io = model.File("io_prefix_proj");
        var batch = io.Batch();
        using var stages = ThreeStages.Open(model.Hf, FixtureModel.ProjectedPrefix(io), FixtureStages.Cut(model.Hf));
        CutEncoder(io.Under("prefix."), stages);

        SplitReference.Check(FixtureTolerance.Logits(Kind), io, batch, "logits", stages.Logits(batch.Batch));
        SplitReference.CheckStep(Kind, io, stages);
        foreach (var (tensor, gradient) in io.Under("grad.").Where(gradient => gradient.Key != "prefix_kv"))
            FixtureTolerance.Gradient(Kind).Check(gradient, Joined(tensor, stages), tensor);
    }

    [FixtureTheory("io_prefix_proj.safetensors")]
    [FixtureModels]
    public async Task One_encoder_centralised_follows_the_reference_trajectory(string name)
    {
        var model = new FixtureModel(name);
        var io = model.File("io_prefix_proj");
        using var stages = FixtureStages.ProjectedPrefix(model, io);
        var scope = ProjectedPrefixEncoder.Scope(new BlockRange(0, FixtureStages.Blocks(model.Hf)));

        await AdamTrajectory.CheckAsync(
            Kind, io, stages, () => stages.Parameters.ToDictionary(parameter => parameter.Name[scope.Length..], parameter => (Tensor)parameter.Value));
    }

    private static void CutEncoder(IReadOnlyDictionary<string, Tensor> encoder, ThreeStages stages)
    {
        using var grad = no_grad();
        foreach (var stack in stages.Blocks.Where(stack => stack.Range.Count > 0))
        {
            foreach (var parameter in stack.AdapterParameters)
            {
                var tensor = parameter.Name[ProjectedPrefixEncoder.Scope(stack.Range).Length..];
                var rows = parameter.Value.shape[0];
                parameter.Value.copy_(IsPerBlock(tensor) ? encoder[tensor].narrow(0, rows / stack.Range.Count * stack.Range.First, rows) : encoder[tensor]);
            }
        }
    }

    /// <summary>The shared layers' gradients add up over the stages; the last layer's rows stand below each other.</summary>
    private static Tensor Joined(string tensor, ThreeStages stages)
    {
        Tensor[] parts =
        [
            .. stages.Blocks.Where(stack => stack.Range.Count > 0)
                .Select(stack => stack.AdapterParameters.Single(p => p.Name == ProjectedPrefixEncoder.Scope(stack.Range) + tensor).Value.grad!),
        ];
        return IsPerBlock(tensor) ? cat(parts) : parts.Aggregate((sum, part) => sum + part);
    }

    private static bool IsPerBlock(string tensor) => tensor.Contains(".2.", StringComparison.Ordinal);
}
