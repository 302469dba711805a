using System.Text.Json.Nodes;
using FlGlm.Core.Configuration;
using FlGlm.Core.Peft;
using FlGlm.Testing;
using static TorchSharp.torch;

namespace FlGlm.Core.Tests.Peft;

/// <summary>The keys of <c>adapter_config.json</c>.</summary>
public sealed class AdapterConfigTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private string Target => _folder.At("adapter");

    private string ConfigFile => _folder.At("adapter", "adapter_config.json");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Unknown_keys_are_listed()
    {
        AdapterDirectory.Write(Target, Adapters.Lora(part: null, 0));
        Change(ConfigFile, json => json["a_future_key"] = new JsonObject { ["x"] = 1 });

        Assert.Equal(["a_future_key"], AdapterDirectory.Read(Target).Config.UnknownKeys);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Every_key_that_PEFT_writes_is_known(bool lora)
    {
        string[] common = ["task_type", "peft_type", "auto_mapping", "peft_version", "base_model_name_or_path", "revision", "inference_mode"];
        string[] own = lora
            ?
            [
                "r", "target_modules", "exclude_modules", "lora_alpha", "lora_dropout", "fan_in_fan_out", "bias", "use_rslora", "modules_to_save",
                "init_lora_weights", "layers_to_transform", "layers_pattern", "rank_pattern", "alpha_pattern", "megatron_config", "megatron_core",
                "trainable_token_indices", "loftq_config", "eva_config", "corda_config", "use_dora", "use_qalora", "qalora_group_size",
                "layer_replication", "runtime_config", "lora_bias", "target_parameters", "alora_invocation_tokens", "arrow_config", "ensure_weight_tying",
            ]
            :
            [
                "num_virtual_tokens", "token_dim", "num_transformer_submodules", "num_attention_heads", "num_layers", "modules_to_save",
                "encoder_hidden_size", "prefix_projection",
            ];
        AdapterDirectory.Write(Target, lora ? Adapters.Lora(part: null, 0) : Adapters.Prefix(part: null));
        Change(ConfigFile, json =>
        {
            foreach (var key in common.Concat(own).Where(key => !json.ContainsKey(key)))
                json[key] = null;
        });

        Assert.Empty(AdapterDirectory.Read(Target).Config.UnknownKeys);
    }

    [Fact]
    public void Missing_keys_have_PEFTs_defaults()
    {
        AdapterDirectory.Write(Target, Adapters.Lora(part: null, 0));
        Change(ConfigFile, json =>
        {
            json.Clear();
            json["peft_type"] = "LORA";
        });

        var config = Assert.IsType<LoraAdapterConfig>(AdapterDirectory.ReadConfig(Target));
        Assert.Equal((8, 8.0, 0.0, false, LoraInit.Kaiming), (config.Rank, config.Alpha, config.Dropout, config.UseRslora, config.Init));
        Assert.Equal(["q_proj", "v_proj", "query_key_value"], config.TargetModules.Names);
        Assert.Equal((0, 0, 0, 0), (config.Layers.Count, config.RankPattern.Count, config.AlphaPattern.Count, config.ModulesToSave.Count));
    }

    [Fact]
    public void Every_setting_of_LoRA_survives_the_round_trip()
    {
        var written = new LoraAdapterConfig
        {
            Rank = 3,
            Alpha = 2.5,
            UseRslora = true,
            TargetModules = ["o_proj", "q_proj"],
            Layers = [1, 3],
            LayersPattern = ["layers"],
            RankPattern = new Dictionary<string, int> { ["q_proj"] = 4, [@"layers\.1\..*"] = 2 },
            AlphaPattern = new Dictionary<string, double> { ["q_proj"] = 0.5 },
            Init = LoraInit.Gaussian,
        };
        AdapterDirectory.Write(Target, new Adapter(written, new Dictionary<string, Tensor>()));

        var read = Assert.IsType<LoraAdapterConfig>(AdapterDirectory.Read(Target).Config);

        Assert.Equivalent(written, read);
        Assert.Equal(written.RankPattern.Keys, read.RankPattern.Keys);
    }

    [Theory]
    [InlineData("layers_to_transform", "2", "\"layers_to_transform\": [")]
    [InlineData("target_modules", "\"all-linear\"", "\"target_modules\": \"all-linear\"")]
    [InlineData("target_modules", "\".*q_proj\"", "\"target_modules\": \".*q_proj\"")]
    [InlineData("init_lora_weights", "false", "\"init_lora_weights\": true")]
    [InlineData("init_lora_weights", "\"eva\"", "\"init_lora_weights\": true")]
    [InlineData("init_lora_weights", "\"orthogonal\"", "\"init_lora_weights\": true")]
    [InlineData("init_lora_weights", "\"gaussian\"", "\"init_lora_weights\": \"gaussian\"")]
    [InlineData("loftq_config", """{"loftq_bits":4}""", "")]
    [InlineData("eva_config", """{"rho":2.0}""", "")]
    [InlineData("corda_config", """{"corda_method":"ipm"}""", "")]
    [InlineData("megatron_core", "\"megatron.core\"", "")]
    [InlineData("qalora_group_size", "16", "")]
    [InlineData("runtime_config", """{"ephemeral_gpu_offload":false}""", "")]
    [InlineData("auto_mapping", """{"base_model_class":"LlamaForCausalLM"}""", "")]
    [InlineData("revision", "\"main\"", "")]
    [InlineData("peft_version", "\"0.18.0\"", "")]
    [InlineData("task_type", "\"SEQ_CLS\"", "")]
    [InlineData("inference_mode", "false", "")]
    public void Settings_that_leave_the_mathematics_alone_are_taken(string key, string value, string written)
    {
        AdapterDirectory.Write(Target, new Adapter(new LoraAdapterConfig { Rank = 2 }, new Dictionary<string, Tensor>()));
        Change(ConfigFile, json => json[key] = JsonNode.Parse(value));

        var adapter = AdapterDirectory.Read(Target);
        AdapterDirectory.Write(Target, adapter);

        Assert.Empty(adapter.Config.UnknownKeys);
        Assert.Contains(written, File.ReadAllText(ConfigFile), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("peft_type", "\"IA3\"")]
    [InlineData("peft_type", "null")]
    [InlineData("r", "0")]
    [InlineData("r", "\"4\"")]
    [InlineData("lora_alpha", "\"8\"")]
    [InlineData("target_modules", "7")]
    [InlineData("target_modules", "\"(q_proj\"")]
    [InlineData("bias", "\"all\"")]
    [InlineData("bias", "\"lora_only\"")]
    [InlineData("lora_bias", "true")]
    [InlineData("use_dora", "true")]
    [InlineData("use_qalora", "true")]
    [InlineData("fan_in_fan_out", "true")]
    [InlineData("exclude_modules", """["q_proj"]""")]
    [InlineData("target_parameters", """["mlp.experts.up"]""")]
    [InlineData("trainable_token_indices", "[5]")]
    [InlineData("layer_replication", "[[0,2],[1,3]]")]
    [InlineData("megatron_config", """{"x":1}""")]
    [InlineData("alora_invocation_tokens", "[5]")]
    [InlineData("arrow_config", """{"top_k":3}""")]
    [InlineData("ensure_weight_tying", "true")]
    [InlineData("rank_pattern", """{"q_proj":0}""")]
    [InlineData("rank_pattern", """{"q_proj":1.5}""")]
    [InlineData("rank_pattern", "[8]")]
    [InlineData("alpha_pattern", """{"q_proj":"8"}""")]
    [InlineData("alpha_pattern", """{"q_(proj":8}""")]
    [InlineData("modules_to_save", "7")]
    [InlineData("layers_to_transform", """["0"]""")]
    [InlineData("layers_pattern", "\"layers\"")]
    [InlineData("init_lora_weights", "\"pissa\"")]
    [InlineData("init_lora_weights", "\"pissa_niter_16\"")]
    [InlineData("init_lora_weights", "\"olora\"")]
    [InlineData("init_lora_weights", "\"corda\"")]
    [InlineData("init_lora_weights", "\"loftq\"")]
    [InlineData("init_lora_weights", "\"lora_ga\"")]
    [InlineData("flglm_blocks", "[3,2,4]")]
    [InlineData("flglm_blocks", "[0,4,4]")]
    [InlineData("flglm_blocks", "7")]
    public void Unsupported_setting_is_refused_by_name(string key, string value)
    {
        AdapterDirectory.Write(Target, Adapters.Lora(part: null, 0));
        Change(ConfigFile, json => json[key] = JsonNode.Parse(value));

        var error = Assert.Throws<CheckpointException>(() => AdapterDirectory.Read(Target));

        Assert.Contains($"'{key}'", error.Message);
        Assert.Contains("adapter_config.json", error.Message);
    }

    [Fact]
    public void A_prefix_with_modules_beside_it_is_refused_by_name()
    {
        AdapterDirectory.Write(Target, Adapters.Prefix(part: null));
        Change(ConfigFile, json => json["modules_to_save"] = new JsonArray("lm_head"));
        Assert.Contains("'modules_to_save'", Assert.Throws<CheckpointException>(() => AdapterDirectory.Read(Target)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Layers_go_with_a_list_of_targets_only()
    {
        AdapterDirectory.Write(Target, Adapters.Lora(part: null, 0));
        Change(ConfigFile, json =>
        {
            json["target_modules"] = ".*q_proj";
            json["layers_to_transform"] = 0;
        });
        Assert.Contains("'layers_to_transform'", Assert.Throws<CheckpointException>(() => AdapterDirectory.Read(Target)).Message, StringComparison.Ordinal);
    }

    private static void Change(string path, Action<JsonObject> change)
    {
        var json = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
        change(json);
        File.WriteAllText(path, json.ToJsonString());
    }
}
