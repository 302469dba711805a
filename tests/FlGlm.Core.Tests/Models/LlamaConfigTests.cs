using System.Text.Json;
using System.Text.Json.Nodes;
using FlGlm.Core.Configuration;
using FlGlm.Core.Models;
using FlGlm.Core.Models.Llama;

namespace FlGlm.Core.Tests.Models;

public sealed class LlamaConfigTests
{
    [Theory]
    [InlineData("hidden_size", null, "'hidden_size': is missing")]
    [InlineData("hidden_size", "\"64\"", "is not a whole number")]
    [InlineData("num_hidden_layers", "0", "1 or more")]
    [InlineData("num_key_value_heads", "3", "cannot share 3 evenly")]
    [InlineData("head_dim", "15", "even head size")]
    [InlineData("rope_scaling", """{"type": "dynamic", "factor": 2}""", "'rope_scaling.rope_type': rotary positions scaled by 'dynamic' are not supported")]
    [InlineData("rope_scaling", """{"rope_type": "yarn", "factor": 2}""", "'yarn' are not supported; default, linear and llama3 are")]
    [InlineData("rope_parameters", """{"rope_type": "longrope"}""", "'rope_parameters.rope_type': rotary positions scaled by 'longrope'")]
    [InlineData("rope_scaling", """{"type": "linear"}""", "'rope_scaling.factor': is missing")]
    [InlineData("rope_scaling", """{"type": "linear", "factor": 0}""", "'rope_scaling.factor': 0 is no factor")]
    [InlineData("rope_parameters", """{"rope_type": "llama3", "factor": 8, "low_freq_factor": 1, "high_freq_factor": 4}""", "'rope_parameters.original_max_position_embeddings': is missing")]
    [InlineData("rope_scaling", """{"rope_type": "llama3", "factor": 8, "low_freq_factor": 4, "high_freq_factor": 1, "original_max_position_embeddings": 8192}""", "1 is not more than low_freq_factor 4")]
    [InlineData("pruned_heads", """{"0": [1]}""", "heads are pruned")]
    [InlineData("quantization_config", """{"quant_method": "gptq", "bits": 4}""", "quantised (GPTQ, 4 bits)")]
    [InlineData("quantization_config", """{"quant_method": "awq", "bits": 4}""", "quantised (AWQ, 4 bits)")]
    [InlineData("quantization_config", """{"quant_method": "fp8"}""", "quantised (FP8)")]
    [InlineData("quantization_config", """{"quant_method": "bitsandbytes", "load_in_8bit": true}""", "quantised (bitsandbytes, 8 bits)")]
    [InlineData("quantization_config", """{"load_in_4bit": true, "bnb_4bit_quant_type": "nf4"}""", "quantised (bitsandbytes, 4 bits, NF4)")]
    [InlineData("rope_parameters", """{"rope_theta": "500000"}""", "'rope_parameters.rope_theta': \"500000\" is not a number")]
    [InlineData("rope_parameters", "3", "'rope_parameters': 3 is not an object")]
    [InlineData("hidden_act", "\"gelu\"", "only 'silu'")]
    [InlineData("tie_word_embeddings", "1", "is not true or false")]
    [InlineData("model_type", "\"gpt2\"", "cannot build yet")]
    [InlineData("model_type", null, "no 'model_type'")]
    public void What_is_wrong_with_a_config_is_said_with_file_and_field(string field, string? value, string expected)
    {
        var config = Config();
        if (value is null)
            config.Remove(field);
        else
            config[field] = JsonNode.Parse(value);

        var error = Assert.Throws<CheckpointException>(() => Read(config));

        Assert.Contains("a/config.json", error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("""{"rope_type": "default"}""")]
    [InlineData("""{"type": "default"}""")]
    public void Rotary_scaling_of_type_default_is_none(string scaling)
    {
        var config = Config();
        config["rope_scaling"] = JsonNode.Parse(scaling);

        Assert.Equal(Read(Config()).Architecture, Read(config).Architecture);
    }

    [Fact]
    public void Fields_that_old_configs_lack_take_their_published_defaults()
    {
        var config = Config();
        config["num_key_value_heads"] = null;
        var shape = Read(config).Shape;

        Assert.Equal((4, 16, false), (shape.KeyValueHeads, shape.HeadSize, shape.TiedHead));
    }

    [Theory]
    [InlineData("rope_theta", "500000", 500000)]
    [InlineData("rope_parameters", """{"rope_type": "default", "rope_theta": 500000.0}""", 500000)]
    [InlineData("rope_parameters", """{"rope_type": "default"}""", 10000)]
    [InlineData("rope_parameters", "null", 10000)]
    public void The_base_of_the_rotary_positions_is_read_where_either_transformers_keeps_it(string field, string value, double theta)
    {
        var config = Config();
        config[field] = JsonNode.Parse(value);

        Assert.Equal(theta, LlamaConfig.Read(JsonSerializer.SerializeToElement(config), "a/config.json").RopeTheta);
    }

    [Fact]
    public void Tensors_are_those_of_the_published_checkpoint()
    {
        var config = Config();
        var untied = Read(config);
        config["tie_word_embeddings"] = true;
        config["attention_bias"] = true;
        var tied = Read(config);

        Assert.Equal(2 + 1 + (2 * 9), untied.Tensors.Count);
        Assert.Equal(2 + (2 * 13), tied.Tensors.Count);
        Assert.Equal("model.embed_tokens.weight", tied.LmHeadName);
        Assert.NotEqual(untied.Architecture, tied.Architecture);
    }

    [Fact]
    public void A_scaling_is_part_of_the_architecture()
    {
        var config = Config();
        config["rope_scaling"] = JsonNode.Parse("""{"rope_type": "llama3", "factor": 8, "low_freq_factor": 1, "high_freq_factor": 4, "original_max_position_embeddings": 8192}""");

        Assert.Equal(Read(Config()).Architecture + " rope=llama3(8,1,4,8192)", Read(config).Architecture);
    }

    private static LlamaFamily Read(JsonObject config) =>
        (LlamaFamily)ModelFamily.FromConfig(JsonSerializer.SerializeToElement(config), "a/config.json");

    private static JsonObject Config() => new()
    {
        ["model_type"] = "llama",
        ["hidden_size"] = 64,
        ["num_hidden_layers"] = 2,
        ["num_attention_heads"] = 4,
        ["num_key_value_heads"] = 2,
        ["intermediate_size"] = 96,
        ["vocab_size"] = 100,
    };
}
