using System.Text.Json;
using System.Text.Json.Nodes;
using FlGlm.Core.Checkpoints;
using FlGlm.Core.Configuration;
using FlGlm.Core.Models;
using FlGlm.Core.Models.ChatGlm2;
using FlGlm.Testing;
using static TorchSharp.torch;

namespace FlGlm.Core.Tests.Models;

/// <summary>Both kinds of ChatGLM call themselves "chatglm"; their fields tell them apart.</summary>
public sealed class ChatGlmConfigTests
{
    [Theory]
    [InlineData(1, "chatglm", true)]
    [InlineData(2, "chatglm2", false)]
    public void Fields_tell_the_family_and_absent_ones_take_the_published_defaults(int version, string name, bool tied)
    {
        var family = Read(Config(version));

        Assert.Equal((name, tied, 4, 16), (family.Name, family.Shape.TiedHead, family.Shape.Heads, family.Shape.HeadSize));
        Assert.Equal(version == 1 ? new ContextMarks(130004, 130001, 130000) : null, family.Marks);
    }

    [Theory]
    [InlineData(null, 150001, 150000)]
    [InlineData(7, 7, 150000)]
    public void Marks_that_a_config_leaves_out_follow_from_its_start(int? given, int gmask, int mask)
    {
        var config = Config(1);
        (config["bos_token_id"], config["eos_token_id"], config["gmask_token_id"]) = (150004, 150005, given);

        Assert.Equal(new ContextMarks(150004, gmask, mask), Read(config).Marks);
    }

    [Theory]
    [InlineData(1, 2 + 2 + (2 * 12))]
    [InlineData(2, 3 + (2 * 7))]
    public void Tensors_are_those_of_the_published_checkpoint(int version, int count)
    {
        var config = Config(version);
        config["tie_word_embeddings"] = false;
        var untied = Read(config);
        config["tie_word_embeddings"] = true;
        var tied = Read(config);

        Assert.Equal(count, untied.Tensors.Count);
        Assert.Equal(count - 1, tied.Tensors.Count);
        Assert.Equal(tied.EmbeddingName, tied.LmHeadName);
        Assert.NotEqual(untied.Architecture, tied.Architecture);
    }

    [Theory]
    [InlineData(1, "num_layers", null, "'num_layers': is missing")]
    [InlineData(1, "num_attention_heads", "5", "divisible by 4")]
    [InlineData(1, "position_encoding_2d", "false", "only true is supported")]
    [InlineData(1, "quantization_bit", "4", "quantised to 4 bits")]
    [InlineData(1, "inner_hidden_size", null, "one of 'ffn_hidden_size' (ChatGLM2 and 3), 'inner_hidden_size' (ChatGLM-6B), and this has none")]
    [InlineData(2, "kv_channels", "6", "divisible by 4")]
    [InlineData(2, "multi_query_group_num", "3", "cannot share 3 evenly")]
    [InlineData(2, "rmsnorm", "false", "only true is supported")]
    [InlineData(2, "add_bias_linear", "true", "only false is supported")]
    [InlineData(2, "rope_ratio", "50", "_name_or_path does not say that this is one")]
    [InlineData(2, "rope_ratio", "0", "0 is no ratio")]
    [InlineData(2, "fp32_residual_connection", "true", "only false is supported")]
    [InlineData(2, "hidden_dropout", "0.1", "set it to 0")]
    [InlineData(2, "quantization_bit", "8", "quantised to 8 bits")]
    public void What_is_wrong_with_a_config_is_said_with_file_and_field(int version, string field, string? value, string expected)
    {
        var config = Config(version);
        if (value is null)
            config.Remove(field);
        else
            config[field] = JsonNode.Parse(value);

        var error = Assert.Throws<CheckpointException>(() => Read(config));

        Assert.Contains("a/config.json", error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_32k_form_of_ChatGLM3_has_a_larger_base()
    {
        var config = Config(2);
        config["rope_ratio"] = 50;
        config["_name_or_path"] = "THUDM/chatglm3-6b-32k";

        Assert.Equal(500000, ChatGlm2Config.Read(JsonSerializer.SerializeToElement(config), "a/config.json").RopeTheta);
        Assert.Equal(Read(Config(2)).Architecture + " theta=500000", Read(config).Architecture);
    }

    [Fact]
    public void Weights_that_are_not_quantised_may_say_so()
    {
        var config = Config(1);
        config["quantization_bit"] = 0;

        Assert.Equal("chatglm", Read(config).Name);
    }

    [Fact]
    public void Quantised_weights_are_refused_by_their_scales()
    {
        using var scope = NewDisposeScope();
        using var folder = new TempFolder();
        File.WriteAllText(folder.At("config.json"), Config(1).ToJsonString());
        SafetensorsWriter.Write(folder.At("model.safetensors"), new Dictionary<string, Tensor> { ["transformer.layers.0.attention.dense.weight_scale"] = ones(4) });
        using var checkpoint = HfCheckpoint.Open(folder.Path);

        Assert.Contains("quantised", Assert.Throws<CheckpointException>(() => ModelFamily.Of(checkpoint)).Message, StringComparison.Ordinal);
    }

    private static ModelFamily Read(JsonObject config) => ModelFamily.FromConfig(JsonSerializer.SerializeToElement(config), "a/config.json");

    private static JsonObject Config(int version)
    {
        var config = new JsonObject { ["model_type"] = "chatglm", ["num_layers"] = 2, ["hidden_size"] = 64, ["num_attention_heads"] = 4 };
        foreach (var (field, value) in version == 1
            ? new (string, JsonNode)[] { ("inner_hidden_size", 96), ("vocab_size", 100) }
            : [("ffn_hidden_size", 96), ("padded_vocab_size", 100), ("kv_channels", 16), ("multi_query_group_num", 2), ("add_qkv_bias", true)])
        {
            config[field] = value;
        }

        return config;
    }
}
