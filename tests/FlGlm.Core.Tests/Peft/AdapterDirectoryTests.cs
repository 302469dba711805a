using System.Text.Json.Nodes;
using FlGlm.Core.Checkpoints;
using FlGlm.Core.Configuration;
using FlGlm.Core.Peft;
using FlGlm.Core.Tests.Checkpoints;
using FlGlm.Testing;
using static TorchSharp.torch;

namespace FlGlm.Core.Tests.Peft;

public sealed class AdapterDirectoryTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private string Target => _folder.At("adapter");

    private string ConfigFile => _folder.At("adapter", "adapter_config.json");

    public void Dispose() => _folder.Dispose();

    [SharedFact]
    public void Published_lora_adapter_is_read()
    {
        var adapter = AdapterDirectory.Read(SharedFolder.At("fixtures", "llama2", "lora_adapter"));
        using var expected = new SafetensorsReader(SharedFolder.At("fixtures", "llama2", "io_lora.safetensors"));

        var config = Assert.IsType<LoraAdapterConfig>(adapter.Config);
        Assert.Equal((4, 16.0, 0.0, false), (config.Rank, config.Alpha, config.Dropout, config.UseRslora));
        Assert.Equal(["q_proj", "v_proj"], config.TargetModules.Names);
        Assert.Equal(("../hf", null), (config.BaseModel, config.Part));
        Assert.Equal(16, adapter.Tensors.Count);
        foreach (var (name, tensor) in adapter.Tensors)
            Assert.Equal(Sample.Show(expected.Read(name.Replace("base_model.model.", "lora.", StringComparison.Ordinal))), Sample.Show(tensor));
    }

    [Fact]
    public void Lora_survives_the_round_trip()
    {
        var written = Adapters.Lora(new AdapterPart(1, 2, 4), 1, 2);
        AdapterDirectory.Write(Target, written);

        var read = AdapterDirectory.Read(Target);

        Assert.Equivalent(written.Config, read.Config, strict: true);
        AssertSame(written.Tensors, read.Tensors);
        Assert.Null(read.Encoder);
    }

    [Fact]
    public void Prefix_survives_the_round_trip_with_its_encoder()
    {
        var written = Adapters.Prefix(new AdapterPart(1, 2, 4)) with
        {
            Encoder = new Dictionary<string, Tensor> { ["embedding.weight"] = Sample.Make(ElementType.F32, 3, 5, 8) },
        };
        AdapterDirectory.Write(Target, written);

        var read = AdapterDirectory.Read(Target);

        Assert.Equivalent(written.Config, read.Config, strict: true);
        AssertSame(written.Tensors, read.Tensors);
        AssertSame(written.Encoder!, read.Encoder!);
    }

    [Fact]
    public void Prefix_without_encoder_replaces_one_with()
    {
        var plain = Adapters.Prefix(part: null);
        AdapterDirectory.Write(Target, plain with { Encoder = plain.Tensors });

        AdapterDirectory.Write(Target, plain);

        Assert.Null(AdapterDirectory.Read(Target).Encoder);
    }

    [Fact]
    public void Written_keys_are_those_of_PEFT()
    {
        AdapterDirectory.Write(Target, Adapters.Lora(part: null, 0));
        Assert.Equal(
            [
                "alpha_pattern", "base_model_name_or_path", "bias", "fan_in_fan_out", "inference_mode", "init_lora_weights", "layers_pattern",
                "layers_to_transform", "lora_alpha", "lora_dropout", "modules_to_save", "peft_type", "r", "rank_pattern", "target_modules",
                "task_type", "use_rslora",
            ],
            Keys());

        AdapterDirectory.Write(Target, Adapters.Prefix(new AdapterPart(0, 1, 4)));
        Assert.Equal(
            [
                "base_model_name_or_path", "encoder_hidden_size", "flglm_blocks", "inference_mode", "num_attention_heads", "num_layers",
                "num_transformer_submodules", "num_virtual_tokens", "peft_type", "prefix_projection", "task_type", "token_dim",
            ],
            Keys());
    }

    [Fact]
    public void Pickled_weights_are_read_where_there_are_no_others()
    {
        const string Module = "base_model.model.model.layers.0.self_attn.q_proj.lora_";
        AdapterDirectory.Write(Target, Adapters.Lora(part: null, 0));
        File.Delete(_folder.At("adapter", "adapter_model.safetensors"));
        var pickle = new PickleWriter().Op('}').Op('(')
            .Text(Module + "A.weight").Tensor("FloatStorage", "0", 6, 0, [2, 3], [3, 1])
            .Text(Module + "B.weight").Tensor("FloatStorage", "1", 6, 0, [3, 2], [2, 1])
            .Op('u').Stop();
        TorchBin.Write(_folder.At("adapter", "adapter_model.bin"), pickle, ("data/0", new byte[24]), ("data/1", new byte[24]));

        Assert.Equal(2, AdapterDirectory.Read(Target).Tensors.Count);
    }

    [Fact]
    public void A_module_that_is_saved_whole_is_read_and_its_absence_noticed()
    {
        var lora = Adapters.Lora(part: null, 0);
        var config = (LoraAdapterConfig)lora.Config with { ModulesToSave = ["lm_head"] };
        var tensors = new Dictionary<string, Tensor>(lora.Tensors) { ["base_model.model.lm_head.weight"] = Sample.Make(ElementType.F32, 1, 2, 2) };
        AdapterDirectory.Write(Target, new Adapter(config, tensors));
        AssertSame(tensors, AdapterDirectory.Read(Target).Tensors);

        AdapterDirectory.Write(Target, new Adapter(config, lora.Tensors));
        Assert.Contains("holds no 'lm_head', which modules_to_save", Assert.Throws<CheckpointException>(() => AdapterDirectory.Read(Target)).Message, StringComparison.Ordinal);
        AdapterDirectory.Write(Target, new Adapter(config with { Part = new AdapterPart(0, 1, 4) }, lora.Tensors));
        Assert.Equal(2, AdapterDirectory.Read(Target).Tensors.Count);
    }

    [Fact]
    public void An_expression_that_takes_too_long_ends_with_its_text()
    {
        var config = (LoraAdapterConfig)Adapters.Lora(part: null, 0).Config;
        AdapterDirectory.Write(Target, Adapters.Lora(part: null, 0) with { Config = config with { TargetModules = NamesOrText.OfText("(([a-z._0-9]+)+)+(?=q)0") } });

        Assert.Contains("needs too long", Assert.Throws<CheckpointException>(() => AdapterDirectory.Read(Target)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("num_layers", 5)]
    [InlineData("num_virtual_tokens", 6)]
    [InlineData("token_dim", 7)]
    [InlineData("num_transformer_submodules", 2)]
    public void Prefix_of_another_size_than_configured_is_refused(string key, int value)
    {
        AdapterDirectory.Write(Target, Adapters.Prefix(part: null));
        Change(ConfigFile, json => json[key] = value);
        Assert.Throws<CheckpointException>(() => AdapterDirectory.Read(Target));
    }

    [Theory]
    [InlineData("base_model.model.lm_head.weight", "no LoRA matrix")]
    [InlineData("base_model.model.model.layers.9.self_attn.q_proj.lora_A.weight", "but not")]
    [InlineData("base_model.model.model.layers.0.self_attn.o_proj.lora_A.weight", "target_modules", "base_model.model.model.layers.0.self_attn.o_proj.lora_B.weight")]
    public void Foreign_tensor_is_refused_by_name(string name, string why, string? twin = null)
    {
        var adapter = Adapters.Lora(part: null, 0);
        var tensors = new Dictionary<string, Tensor>(adapter.Tensors) { [name] = Sample.Make(ElementType.F32, 1, 2, 2) };
        if (twin is not null)
            tensors[twin] = Sample.Make(ElementType.F32, 1, 2, 2);
        AdapterDirectory.Write(Target, adapter with { Tensors = tensors });

        var error = Assert.Throws<CheckpointException>(() => AdapterDirectory.Read(Target));

        Assert.Contains(why, error.Message);
        Assert.Equal(name, error.Tensor);
    }

    [Fact]
    public void Rank_of_the_tensors_must_be_that_of_the_settings()
    {
        AdapterDirectory.Write(Target, Adapters.Lora(part: null, 0));
        Change(ConfigFile, json => json["r"] = 8);
        Assert.Contains("does not fit r = 8", Assert.Throws<CheckpointException>(() => AdapterDirectory.Read(Target)).Message);
    }

    [Fact]
    public void Missing_files_are_named()
    {
        AdapterDirectory.Write(Target, Adapters.Lora(part: null, 0));
        File.Delete(_folder.At("adapter", "adapter_model.safetensors"));
        Assert.Contains("adapter_model.safetensors' does not exist", Assert.Throws<CheckpointException>(() => AdapterDirectory.Read(Target)).Message);
        File.Delete(ConfigFile);
        Assert.Contains("adapter_config.json' does not exist", Assert.Throws<CheckpointException>(() => AdapterDirectory.Read(Target)).Message);
    }

    private static void AssertSame(IReadOnlyDictionary<string, Tensor> expected, IReadOnlyDictionary<string, Tensor> actual) => Assert.Equal(
        expected.ToDictionary(pair => pair.Key, pair => Sample.Show(pair.Value)),
        actual.ToDictionary(pair => pair.Key, pair => Sample.Show(pair.Value)));

    private static void Change(string path, Action<JsonObject> change)
    {
        var json = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
        change(json);
        File.WriteAllText(path, json.ToJsonString());
    }

    private IEnumerable<string> Keys() =>
        JsonNode.Parse(File.ReadAllText(ConfigFile))!.AsObject().Select(pair => pair.Key).Order(StringComparer.Ordinal);
}
