using System.Text.Json.Nodes;
using FlGlm.Core.Checkpoints;
using FlGlm.Core.Configuration;

namespace FlGlm.Core.Peft;

/// <summary>
/// Reads and writes <c>adapter_config.json</c>. The reader lists unknown keys, and refuses by name those that would change the mathematics
/// in a way that is not supported (<see cref="AdapterConfigKeys"/>).
/// </summary>
internal static class AdapterConfigFile
{
    /// <summary>Reads the configuration of a LoRA or prefix adapter.</summary>
    /// <exception cref="CheckpointException">The file is missing or damaged, or asks for what is not supported.</exception>
    public static AdapterConfig Read(string path)
    {
        var fields = new JsonFields(JsonFile.ReadObject(path), path);
        return fields.Text("peft_type") switch
        {
            "LORA" => LoraConfigJson.Read(fields),
            "PREFIX_TUNING" => ReadPrefix(fields),
            var other => throw fields.Wrong("peft_type", $"is '{other}'; LORA and PREFIX_TUNING are supported"),
        };
    }

    public static void Write(string path, AdapterConfig config) => JsonFile.Write(path, ToJson(config));

    /// <summary>The configuration with the keys that PEFT writes, and our own for a part (<see cref="WritePart"/>).</summary>
    public static JsonObject ToJson(AdapterConfig config)
    {
        var json = new JsonObject
        {
            ["base_model_name_or_path"] = config.BaseModel,
            ["inference_mode"] = true,
            ["task_type"] = "CAUSAL_LM",
        };
        switch (config)
        {
            case LoraAdapterConfig lora:
                LoraConfigJson.Write(json, lora);
                break;
            case PrefixAdapterConfig prefix:
                WritePrefix(json, prefix);
                break;
        }

        WritePart(json, config);
        return json;
    }

    /// <summary><c>flglm_blocks</c>: the blocks that a part covers; null for a whole adapter.</summary>
    /// <exception cref="CheckpointException">They are not valid.</exception>
    public static AdapterPart? ReadPart(JsonFields fields)
    {
        if (fields.OptionalIntegers(AdapterConfigKeys.Part) is not { } numbers)
            return null;
        return numbers is [var first, var last, var total] && new AdapterPart(first, last, total) is { IsValid: true } part
            ? part
            : throw fields.Wrong(AdapterConfigKeys.Part, "is not [first block, last block, blocks of the model]");
    }

    /// <summary><c>flglm_run</c>: the run that wrote a part; null where it is not known.</summary>
    public static string? ReadRun(JsonFields fields) => fields.OptionalText(AdapterConfigKeys.Run);

    /// <summary>Writes <c>flglm_blocks</c> and <c>flglm_run</c> for a part, and neither for a whole adapter.</summary>
    public static void WritePart(JsonObject json, AdapterConfig config)
    {
        json.Remove(AdapterConfigKeys.Part);
        json.Remove(AdapterConfigKeys.Run);
        if (config.Part is not { } part)
            return;
        json[AdapterConfigKeys.Part] = new JsonArray(part.First, part.Last, part.Total);
        if (config.RunId is { } run)
            json[AdapterConfigKeys.Run] = run;
    }

    private static PrefixAdapterConfig ReadPrefix(JsonFields fields)
    {
        AdapterConfigKeys.RefuseOfPrefix(fields);
        var config = new PrefixAdapterConfig
        {
            BaseModel = fields.OptionalText("base_model_name_or_path"),
            Part = ReadPart(fields),
            RunId = ReadRun(fields),
            UnknownKeys = AdapterConfigKeys.UnknownOfPrefix(fields),
            VirtualTokens = fields.Count("num_virtual_tokens"),
            TokenDim = fields.Count("token_dim"),
            AttentionHeads = fields.Count("num_attention_heads"),
            Layers = fields.Count("num_layers"),
            EncoderHiddenSize = fields.OptionalCount("encoder_hidden_size"),
            PrefixProjection = fields.IsSet("prefix_projection"),
        };
        if ((fields.OptionalCount("num_transformer_submodules") ?? 1) != 1)
            throw fields.Wrong("num_transformer_submodules", "is not 1; encoder-decoder models are not supported");
        if (config.Part is { } part && part.Total != config.Layers)
            throw fields.Wrong(AdapterConfigKeys.Part, $"says {part}, and num_layers says {config.Layers}");
        return config;
    }

    private static void WritePrefix(JsonObject json, PrefixAdapterConfig config)
    {
        json["peft_type"] = "PREFIX_TUNING";
        json["num_virtual_tokens"] = config.VirtualTokens;
        json["token_dim"] = config.TokenDim;
        json["num_attention_heads"] = config.AttentionHeads;
        json["num_layers"] = config.Layers;
        json["num_transformer_submodules"] = 1;
        json["encoder_hidden_size"] = config.EncoderHiddenSize;
        json["prefix_projection"] = config.PrefixProjection;
    }
}
