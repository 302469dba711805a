using FlGlm.Core.Checkpoints;
using FlGlm.Core.Configuration;
using FlGlm.Core.Planning;
using FlGlm.Testing;

namespace FlGlm.Core.Tests.Planning;

/// <summary>The defaults that a plan takes from the model's family.</summary>
public sealed class RunPlannerTests
{
    [Theory]
    [InlineData(false, null, 0)]
    [InlineData(true, null, 0.1)]
    [InlineData(true, 0.0, 0)]
    public void Dropout_on_the_prefix_is_the_familys_own_unless_it_is_set(bool chatGlm, double? setting, double planned) =>
        Assert.Equal(planned, Plan(chatGlm ? new TinyChatGlm() : new TinyLlama(), new PrefixSettings { Dropout = setting }).Peft.Prefix.Dropout);

    [Fact]
    public void A_ChatGLMs_projection_has_the_width_of_its_own_trainer()
    {
        var prefix = new PrefixSettings { Projection = true, ProjectionHidden = 12 };

        Assert.Equal(12, Plan(new TinyLlama(), prefix).Peft.Prefix.ProjectionHidden);
        Assert.Contains("0 or 32", Assert.Throws<ConfigurationException>(() => Plan(new TinyChatGlm(), prefix)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void LoRA_adapts_what_PEFT_does_by_default()
    {
        Assert.Equal(["q_proj", "v_proj"], Plan(new TinyLlama(), new PeftSettings()).Peft.Lora.Targets);
        Assert.Equal(["query_key_value"], Plan(new TinyChatGlm(), new PeftSettings()).Peft.Lora.Targets);
        Assert.Equal(["query_key_value"], Plan(new TinyChatGlm2(), new PeftSettings()).Peft.Lora.Targets);
    }

    [Fact]
    public void Projections_of_another_family_are_no_targets_of_LoRA()
    {
        var targets = new PeftSettings { Lora = new LoraSettings { Targets = ["q_proj"] } };

        var error = Assert.Throws<ConfigurationException>(() => Plan(new TinyChatGlm(), targets));

        Assert.Contains("it has query_key_value", error.Message, StringComparison.Ordinal);
    }

    private static RunPlan Plan(TinyModel model, PrefixSettings prefix) =>
        Plan(model, new PeftSettings { Method = PeftMethod.PTuningV2, Prefix = prefix });

    private static RunPlan Plan(TinyModel model, PeftSettings peft)
    {
        using var folder = new TempFolder();
        using var checkpoint = HfCheckpoint.Open(model.Write(folder.Path));
        return RunPlanner.Create(checkpoint, model.Family, new PlanSettings { Peft = peft });
    }
}
