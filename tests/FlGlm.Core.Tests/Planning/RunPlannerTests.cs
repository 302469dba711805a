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
        Assert.Equal(["q_proj", "v_proj"], Plan(new TinyLlama(), new PeftSettings()).Peft.Lora.Targets.Names);
        Assert.Equal(["query_key_value"], Plan(new TinyChatGlm(), new PeftSettings()).Peft.Lora.Targets.Names);
        Assert.Equal(["query_key_value"], Plan(new TinyChatGlm2(), new PeftSettings()).Peft.Lora.Targets.Names);
    }

    [Fact]
    public void Projections_of_another_family_are_no_targets_of_LoRA()
    {
        var targets = new PeftSettings { Lora = new LoraSettings { Targets = ["q_proj"] } };

        var error = Assert.Throws<ConfigurationException>(() => Plan(new TinyChatGlm(), targets));

        Assert.Contains("it has query_key_value", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void All_linear_is_every_projection_of_the_family()
    {
        var all = new PeftSettings { Lora = new LoraSettings { Targets = NamesOrText.OfText("All-Linear") } };

        Assert.Equal(new TinyLlama().Family.LoraTargets, Plan(new TinyLlama(), all).Peft.Lora.Targets.Names);
        Assert.Equal(new TinyChatGlm2().Family.LoraTargets, Plan(new TinyChatGlm2(), all).Peft.Lora.Targets.Names);
    }

    public static TheoryData<string, string> BadSettings => new()
    {
        { "q_proj", "matches no whole name of a projection, such as 'model.layers.0.self_attn.q_proj'; a list [q_proj]" },
        { ".*", "matches 'model.embed_tokens' too" },
        { ".*(q_proj|head)", "matches 'lm_head' too" },
        { "layers", "4 is no block of this model; they are 0 to 3." },
        { "rank_pattern", "'o_proj' matches the end of no adapted projection's name, such as 'model.layers.0.self_attn.q_proj'." },
        { "alpha_pattern", "'o_proj' matches the end of no adapted projection's name" },
        { "modules_to_save", "'norm' cannot train whole beside LoRA; of a llama model embed_tokens and lm_head can." },
        { "(([a-z._0-9]+)+)+(?=q)0", "needs too long" },
    };

    [Theory]
    [MemberData(nameof(BadSettings))]
    public void Settings_of_LoRA_that_do_not_fit_the_model_say_why(string setting, string why)
    {
        var lora = setting switch
        {
            "layers" => new LoraSettings { Layers = [1, 4] },
            "rank_pattern" => new LoraSettings { RankPattern = new Dictionary<string, int> { ["q_proj"] = 2, ["o_proj"] = 2 } },
            "alpha_pattern" => new LoraSettings { AlphaPattern = new Dictionary<string, double> { ["o_proj"] = 2 } },
            "modules_to_save" => new LoraSettings { ModulesToSave = ["lm_head", "norm"] },
            _ => new LoraSettings { Targets = NamesOrText.OfText(setting) },
        };

        var error = Assert.Throws<ConfigurationException>(() => Plan(new TinyLlama(), new PeftSettings { Lora = lora }));

        Assert.Contains(why, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Modules_of_a_model_with_a_tied_head_do_not_train_whole()
    {
        var saved = new PeftSettings { Lora = new LoraSettings { ModulesToSave = ["embed_tokens"] } };

        Assert.Contains("(tied)", Assert.Throws<ConfigurationException>(() => Plan(new TinyLlama { TiedHead = true }, saved)).Message, StringComparison.Ordinal);
        Assert.Equal(["embed_tokens"], Plan(new TinyLlama(), saved).Peft.Lora.ModulesToSave);
    }

    private static RunPlan Plan(TinyModel model, PrefixSettings prefix) =>
        Plan(model, new PeftSettings { Method = PeftMethod.PTuningV2, Prefix = prefix });

    private static RunPlan Plan(TinyModel model, PeftSettings peft)
    {
        using var folder = new TempFolder();
        using var checkpoint = HfCheckpoint.Open(model.Write(folder.Path));
        return RunPlanner.Create(checkpoint, model.Family, new RunPlan { Peft = peft });
    }
}
