using FlGlm.Testing;
using static TorchSharp.torch;

namespace FlGlm.EndToEnd.Tests.Fixtures;

/// <summary>LoRA against PEFT on the model's original code.</summary>
public sealed class LoraFixtureTests
{
    private const string Kind = "lora";

    [FixtureTheory("io_lora.safetensors")]
    [FixtureModels]
    public void Imported_adapter_gives_the_reference_logits(string name)
    {
        using var scope = NewDisposeScope();
        var model = new FixtureModel(name);
        var io = model.File("io_lora");
        var batch = io.Batch();
        using var stages = FixtureStages.Lora(model);

        SplitReference.Check(FixtureTolerance.Logits(Kind), io, batch, "logits", stages.Logits(batch.Batch));
    }

    [FixtureTheory("io_lora.safetensors")]
    [FixtureModels]
    public void Split_gives_the_reference_loss_and_gradients(string name)
    {
        using var scope = NewDisposeScope();
        var model = new FixtureModel(name);
        var io = model.File("io_lora");
        using var stages = FixtureStages.Lora(model);

        SplitReference.CheckStep(Kind, io, stages);
        SplitReference.CheckGradients(Kind, io.Under("grad."), stages.Gradients());
        Assert.Equal(io.Under("grad.").Count, stages.Gradients().Count);
    }

    [FixtureTheory("io_lora.safetensors")]
    [FixtureModels]
    public async Task Training_follows_the_reference_trajectory(string name)
    {
        var model = new FixtureModel(name);
        var io = model.File("io_lora");
        using var stages = ThreeStages.Open(model.Hf, model.Lora(), FixtureStages.Cut(model.Hf));
        using (no_grad())
        {
            foreach (var parameter in stages.Parameters.Where(parameter => parameter.Name.EndsWith("lora_A.weight", StringComparison.Ordinal)))
                parameter.Value.copy_(io["lora." + parameter.Name]);
        }

        await AdamTrajectory.CheckAsync(
            Kind, io, stages, () => stages.Parameters.ToDictionary(parameter => parameter.Name, parameter => (Tensor)parameter.Value));
    }
}
