using System.Text.Json.Nodes;
using FlGlm.Core.Checkpoints;
using FlGlm.Core.Configuration;
using FlGlm.Core.Models;
using FlGlm.Core.Peft;
using FlGlm.Testing;
using static TorchSharp.torch;

namespace FlGlm.Core.Tests.Peft;

/// <summary>An adapter is added to its base model.</summary>
public sealed class BaseMergeTests : IDisposable
{
    private static readonly PeftSettings Lora = new() { Lora = new LoraSettings { Rank = 2, Alpha = 6 } };

    private readonly TempFolder _folder = new();

    private string Base => _folder.At("base");

    private string Adapter => _folder.At("adapter");

    private string Merged => _folder.At("merged");

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string> Families => ["llama", "llama with biases", "chatglm", "chatglm2"];

    [Theory]
    [MemberData(nameof(Families))]
    public void The_merged_model_computes_what_base_and_adapter_do(string family)
    {
        using var scope = NewDisposeScope();
        var model = Model(family);
        var lora = Lora.Lora with { Targets = [.. model.LoraTargets], ModulesToSave = model.TiedHead ? [] : model.Family.SavableModules };
        var peft = new PeftSettings { Lora = lora };
        using var trained = Write(model, peft, Enum.GetValues<StageName>());
        var batch = TinyBatch.Create(marks: model.Family.Marks);

        var result = BaseMerge.Write([Adapter], Base, Merged);

        using var merged = ThreeStages.Open(Merged, new PeftSettings { Method = PeftMethod.None });
        Tolerance.Relative("merged logits", 2e-5).Check(trained.Logits(batch), merged.Logits(batch));
        using var untouched = ThreeStages.Open(Base, new PeftSettings { Method = PeftMethod.None });
        Assert.NotEqual(untouched.Loss(batch), merged.Loss(batch));
        Assert.Equal((model.Family.Tensors.Count, 3 * 4, lora.ModulesToSave.Count), (result.Tensors, result.Adapted, result.Replaced));
        Assert.Equal([ElementType.F32], result.Types);
        Assert.Empty(result.Warnings);
    }

    [Fact]
    public void Parts_merge_as_the_whole_adapter_does()
    {
        using var scope = NewDisposeScope();
        Write(Model("llama"), Lora, Enum.GetValues<StageName>()).Dispose();
        BaseMerge.Write([Adapter], Base, Merged);
        var whole = File.ReadAllBytes(_folder.At("merged", "model.safetensors"));
        Directory.Delete(Adapter, recursive: true);
        Write(Model("llama"), Lora, [StageName.Head, StageName.Tail]).Dispose();
        Write(Model("llama"), Lora, [StageName.Middle]).Dispose();

        foreach (var named in new string[][] { Directory.GetDirectories(Adapter), [Adapter] })
        {
            Directory.Delete(Merged, recursive: true);
            BaseMerge.Write(named, Base, Merged);

            Assert.Equal(whole, File.ReadAllBytes(_folder.At("merged", "model.safetensors")));
        }
    }

    [Theory]
    [InlineData(ElementType.BF16, "bfloat16")]
    [InlineData(ElementType.F16, "float16")]
    public void Weights_are_rounded_once_to_the_type_that_is_asked_for(ElementType type, string name)
    {
        using var scope = NewDisposeScope();
        Write(Model("llama"), Lora, Enum.GetValues<StageName>()).Dispose();
        SayType();
        BaseMerge.Write([Adapter], Base, _folder.At("float"));

        var result = BaseMerge.Write([Adapter], Base, Merged, type);

        var exact = new FixtureFile(_folder.At("float", "model.safetensors")).Under("");
        var rounded = new FixtureFile(_folder.At("merged", "model.safetensors")).Under("");
        Assert.All(exact, weight => Bits.Equal(weight.Value.to(type.ToScalarType()).to(float32), rounded[weight.Key].to(float32), weight.Key));
        Assert.Equal([type], result.Types);
        Assert.Equal(exact.Sum(weight => weight.Value.numel()) * 2, result.Bytes);
        Assert.Contains($"\"torch_dtype\": \"{name}\"", File.ReadAllText(_folder.At("merged", "config.json")), StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_type_weights_are_stored_as_the_base_stores_them()
    {
        using var scope = NewDisposeScope();
        Write(Model("llama"), Lora, Enum.GetValues<StageName>()).Dispose();
        SayType();
        BaseMerge.Write([Adapter], Base, _folder.At("half"), ElementType.BF16);

        Assert.Equal([ElementType.BF16], BaseMerge.Write([Adapter], _folder.At("half"), Merged).Types);
        Assert.Contains("\"torch_dtype\": \"bfloat16\"", File.ReadAllText(_folder.At("merged", "config.json")), StringComparison.Ordinal);
    }

    [Fact]
    public void The_bases_files_of_tokenizer_and_generation_go_along()
    {
        Write(Model("llama"), Lora, Enum.GetValues<StageName>()).Dispose();
        string[] files = ["tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "generation_config.json", "chat_template.jinja"];
        foreach (var file in files)
            File.WriteAllText(Path.Combine(Base, file), file);

        BaseMerge.Write([Adapter], Base, Merged);

        Assert.All(files, file => Assert.Equal(file, File.ReadAllText(Path.Combine(Merged, file))));
    }

    [Fact]
    public void A_prefix_is_refused_by_name()
    {
        Write(Model("llama"), new PeftSettings { Method = PeftMethod.PTuningV2 }, Enum.GetValues<StageName>()).Dispose();
        Refused("holds a prefix, which is no change of weights and cannot be merged into a base model; use it with peft.start.");
        Directory.Delete(Adapter, recursive: true);
        Write(Model("chatglm"), new PeftSettings { Method = PeftMethod.PTuningV2 }, Enum.GetValues<StageName>()).Dispose();
        Refused("holds a prefix");
    }

    [Fact]
    public void An_adapter_of_another_model_is_refused()
    {
        Write(Model("llama") with { Blocks = 6 }, Lora, Enum.GetValues<StageName>()).Dispose();
        Model("llama").Write(Base);
        Refused("which is in none of this model's 4 blocks");
        (Model("llama") with { Blocks = 6, Hidden = 16 }).Write(Base);
        Refused("has another shape than the base model's");
    }

    [Fact]
    public void Modules_that_a_model_with_a_tied_head_cannot_take_are_refused()
    {
        Write(Model("llama"), new PeftSettings { Lora = Lora.Lora with { ModulesToSave = ["lm_head"] } }, Enum.GetValues<StageName>()).Dispose();
        (Model("llama") with { TiedHead = true }).Write(Base);
        Refused("LM head is its embedding (tied)");
    }

    [Fact]
    public void A_directory_without_an_adapter_or_with_one_part_of_it_is_refused()
    {
        Write(Model("llama"), Lora, [StageName.Head]).Dispose();
        Refused("holds no adapter_config.json; name an adapter, or the parts of one.", "nowhere");
        Refused("blocks 1..3 are missing");
        Refused("blocks 1..3 are missing", "head");
    }

    [Fact]
    public void The_base_itself_is_no_target()
    {
        Write(Model("llama"), Lora, Enum.GetValues<StageName>()).Dispose();

        var error = Assert.Throws<CheckpointException>(() => BaseMerge.Write([Adapter], Base, Base + Path.DirectorySeparatorChar));

        Assert.Contains("is the base model itself", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Weights_that_a_type_cannot_hold_are_refused_by_name()
    {
        using var scope = NewDisposeScope();
        using var trained = Write(Model("llama"), new PeftSettings { Lora = Lora.Lora with { Alpha = 1e9 } }, Enum.GetValues<StageName>());

        var error = Assert.Throws<CheckpointException>(() => BaseMerge.Write([Adapter], Base, Merged, ElementType.F16));

        Assert.Contains("is too large for Float16; merge with another --dtype", error.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Merged));
    }

    private void Refused(string why, string part = "")
    {
        var error = Assert.Throws<CheckpointException>(() => BaseMerge.Write([Path.Join(Adapter, part)], Base, Merged));

        Assert.Contains(why, error.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Merged));
    }

    /// <summary>Adds the stored type to the base's config.json.</summary>
    private void SayType()
    {
        var path = Path.Combine(Base, "config.json");
        var config = JsonNode.Parse(File.ReadAllText(path))!;
        config["torch_dtype"] = "float32";
        File.WriteAllText(path, config.ToJsonString());
    }

    private static TinyModel Model(string family) => family switch
    {
        "llama" => new TinyLlama(),
        "llama with biases" => new TinyLlama { AttentionBias = true },
        "chatglm" => new TinyChatGlm { TiedHead = true },
        _ => new TinyChatGlm2(),
    };

    /// <summary>Writes a base model and an adapter of it whose parameters differ from every initial value.</summary>
    private ThreeStages Write(TinyModel model, PeftSettings peft, IEnumerable<StageName> owners)
    {
        using var checkpoint = HfCheckpoint.Open(model.Write(Base));
        var stages = new ThreeStages(checkpoint, ThreeStages.BlueprintOf(checkpoint, peft, new SplitSettings()));
        using var scope = NewDisposeScope();
        using var grad = no_grad();
        foreach (var parameter in stages.Parameters)
            parameter.Value.add_(0.02);
        var values = stages.Parameters.ToDictionary(parameter => parameter.Name, parameter => (Tensor)parameter.Value);
        TrainedParts.Write(Adapter, checkpoint, stages.Blueprint, owners.ToHashSet(), values);
        return stages;
    }
}
