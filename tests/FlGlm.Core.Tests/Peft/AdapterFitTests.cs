using FlGlm.Core.Checkpoints;
using FlGlm.Core.Configuration;
using FlGlm.Core.Models;
using FlGlm.Core.Peft;
using FlGlm.Testing;
using static TorchSharp.torch;

namespace FlGlm.Core.Tests.Peft;

/// <summary>An adapter that a run would load only in part is refused.</summary>
public sealed class AdapterFitTests : IDisposable
{
    private static readonly PeftSettings Projected = new() { Method = PeftMethod.PTuningV2, Prefix = new PrefixSettings { Length = 3, Projection = true } };

    private readonly TempFolder _folder = new();

    private string Adapter => _folder.At("adapter");

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string> Families => ["llama", "chatglm", "chatglm2"];

    [Theory]
    [MemberData(nameof(Families))]
    public void An_adapter_of_more_targets_says_what_to_set(string family)
    {
        var model = Model(family);
        var targets = model.LoraTargets.Order(StringComparer.Ordinal);
        Write(model, Lora(model.LoraTargets), Enum.GetValues<StageName>());

        var message = Refused(model, Lora([]));

        Assert.Contains($"which this run would leave out; set peft.lora.targets: [{string.Join(", ", targets)}].", message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void An_adapter_of_a_deeper_base_is_refused(string family)
    {
        var model = Model(family);
        Write(model with { Blocks = 6 }, Lora([]), Enum.GetValues<StageName>());

        Assert.Contains("which is in none of this model's 4 blocks", Refused(model, Lora([])), StringComparison.Ordinal);
    }

    [Fact]
    public void A_part_of_a_deeper_base_is_refused_though_its_blocks_are_there()
    {
        var model = Model("chatglm");
        Write(model with { Blocks = 6 }, Lora([]), [StageName.Head]);

        Assert.Contains("head' is for blocks 0..0 of 6, and this model has 4 blocks", Refused(model, Lora([]), "head"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_projected_prefix_of_another_length_is_refused_by_its_length()
    {
        var model = Model("chatglm");
        Write(model, Projected, Enum.GetValues<StageName>(), new SplitSettings { Head = 0, Tail = 4 });

        var message = Refused(model, Projected with { Prefix = Projected.Prefix with { Length = 4 } });

        Assert.Contains("holds a prefix of length 3 for 4 blocks of key width 32; this run has length 4 for 4 blocks of key width 32. Set peft.prefix.length: 3.", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("rank_pattern", "was trained with rank 3, alpha 16, rslora false on 'model.layers.0.self_attn.q_proj', where this run has rank 2, alpha 16, rslora false")]
    [InlineData("alpha_pattern", "was trained with rank 2, alpha 5, rslora false on 'model.layers.0.self_attn.q_proj', where this run has rank 2, alpha 16, rslora false")]
    [InlineData("rslora", "was trained with rank 2, alpha 16, rslora true")]
    [InlineData("modules_to_save", "holds 'lm_head.weight' whole, which this run would leave out; name its module in peft.lora.modules_to_save.")]
    public void An_adapter_of_another_size_of_one_module_says_which(string setting, string why)
    {
        var lora = Lora([]).Lora;
        Write(
            Model("llama"),
            new PeftSettings
            {
                Lora = setting switch
                {
                    "rank_pattern" => lora with { RankPattern = new Dictionary<string, int> { ["q_proj"] = 3 } },
                    "alpha_pattern" => lora with { AlphaPattern = new Dictionary<string, double> { ["q_proj"] = 5 } },
                    "rslora" => lora with { Rslora = true },
                    _ => lora with { ModulesToSave = ["lm_head"] },
                },
            },
            Enum.GetValues<StageName>());

        Assert.Contains(why, Refused(Model("llama"), Lora([])), StringComparison.Ordinal);
    }

    [Fact]
    public void A_module_that_trains_whole_must_be_in_the_adapter()
    {
        Write(Model("llama"), Lora([]), Enum.GetValues<StageName>());

        var message = Refused(Model("llama"), new PeftSettings { Lora = Lora([]).Lora with { ModulesToSave = ["embed_tokens"] } });

        Assert.Contains("has nothing for 'model.embed_tokens.weight', which this run trains", message, StringComparison.Ordinal);
    }

    [Fact]
    public void More_blocks_than_the_run_adapts_are_refused()
    {
        Write(Model("llama"), Lora([]), Enum.GetValues<StageName>());

        var message = Refused(Model("llama"), new PeftSettings { Lora = Lora([]).Lora with { Layers = [0] } });

        Assert.Contains("adapts 'model.layers.1.self_attn.q_proj' too", message, StringComparison.Ordinal);
        Assert.Contains("and peft.lora.layers to its blocks", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_directory_without_an_adapter_says_what_is_looked_for()
    {
        var message = Refused(Model("chatglm"), Lora([]));

        Assert.Contains("adapter' holds no adapter, nor one of its head: there is no adapter_config.json and no prefix", message, StringComparison.Ordinal);
    }

    private static TinyModel Model(string family) => family switch
    {
        "llama" => new TinyLlama(),
        "chatglm" => new TinyChatGlm { TiedHead = true },
        _ => new TinyChatGlm2(),
    };

    private static PeftSettings Lora(IReadOnlyList<string> targets) => new() { Lora = new LoraSettings { Rank = 2, Targets = [.. targets] } };

    private void Write(TinyModel model, PeftSettings peft, IEnumerable<StageName> owners, SplitSettings? cut = null)
    {
        using var scope = NewDisposeScope();
        var directory = model.Write(_folder.At("trained"));
        using var stages = ThreeStages.Open(directory, peft, cut);
        using var checkpoint = HfCheckpoint.Open(directory);
        var values = stages.Parameters.ToDictionary(parameter => parameter.Name, parameter => (Tensor)parameter.Value);
        TrainedParts.Write(Adapter, checkpoint, stages.Blueprint, owners.ToHashSet(), values);
    }

    private string Refused(TinyModel model, PeftSettings peft, string part = "")
    {
        using var stages = ThreeStages.Open(model.Write(_folder.At("model")), peft);
        return Assert.Throws<CheckpointException>(() => AdapterImport.Load(Path.Join(Adapter, part), stages.Blueprint, StageName.Head, stages.Client.Head.Parameters)).Message;
    }
}
