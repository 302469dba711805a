using System.Text.Json;
using System.Text.Json.Nodes;
using FlGlm.Core.Checkpoints;
using FlGlm.Core.Configuration;

namespace FlGlm.Core.Peft;

/// <summary>Reads and writes the keys of a LoRA adapter's <c>adapter_config.json</c>. A key that is missing has PEFT's default.</summary>
internal static class LoraConfigJson
{
    /// <summary>Initial values that leave the base as it is: with the trained A and B stored, they do not matter.</summary>
    private static readonly string[] PlainInits = ["true", "false", "gaussian", "eva", "orthogonal"];

    /// <exception cref="CheckpointException">A value is not valid, or asks for what is not supported.</exception>
    public static LoraAdapterConfig Read(JsonFields fields)
    {
        AdapterConfigKeys.RefuseOfLora(fields);
        var defaults = new LoraAdapterConfig();
        var config = new LoraAdapterConfig
        {
            BaseModel = fields.OptionalText("base_model_name_or_path"),
            Part = AdapterConfigFile.ReadPart(fields),
            RunId = AdapterConfigFile.ReadRun(fields),
            UnknownKeys = AdapterConfigKeys.UnknownOfLora(fields),
            Rank = fields.OptionalCount("r") ?? defaults.Rank,
            Alpha = fields.OptionalNumber("lora_alpha") ?? defaults.Alpha,
            Dropout = fields.OptionalNumber("lora_dropout") ?? 0,
            UseRslora = fields.IsSet("use_rslora"),
            TargetModules = Targets(fields.OptionalTextOrTexts("target_modules")) ?? LoraAdapterConfig.DefaultTargets,
            Layers = fields.OptionalIntegers("layers_to_transform") ?? [],
            LayersPattern = fields.OptionalTextOrTexts("layers_pattern") is { } pattern ? List(pattern) : [],
            RankPattern = fields.OptionalNumbers("rank_pattern", JsonFields.ToPositive),
            AlphaPattern = fields.OptionalNumbers("alpha_pattern", JsonFields.ToNumber),
            ModulesToSave = fields.OptionalTextOrTexts("modules_to_save") is { } saved ? List(saved) : [],
            Init = ReadInit(fields),
        };
        Check(fields, config);
        return config;
    }

    public static void Write(JsonObject json, LoraAdapterConfig config)
    {
        json["peft_type"] = "LORA";
        json["r"] = config.Rank;
        json["lora_alpha"] = config.Alpha;
        json["lora_dropout"] = config.Dropout;
        json["use_rslora"] = config.UseRslora;
        json["target_modules"] = config.TargetModules.Text is { } text ? text : JsonSerializer.SerializeToNode(config.TargetModules.Names);
        json["layers_to_transform"] = config.Layers.Count == 0 ? null : JsonSerializer.SerializeToNode(config.Layers);
        json["layers_pattern"] = config.LayersPattern.Count == 0 ? null : JsonSerializer.SerializeToNode(config.LayersPattern);
        json["rank_pattern"] = JsonSerializer.SerializeToNode(config.RankPattern);
        json["alpha_pattern"] = JsonSerializer.SerializeToNode(config.AlphaPattern);
        json["modules_to_save"] = config.ModulesToSave.Count == 0 ? null : JsonSerializer.SerializeToNode(config.ModulesToSave);
        json["init_lora_weights"] = config.Init == LoraInit.Gaussian ? "gaussian" : true;
        json["bias"] = "none";
        json["fan_in_fan_out"] = false;
    }

    private static NamesOrText? Targets(NamesOrText? targets) =>
        targets is { Text: null } ? [.. targets.Names.Order(StringComparer.Ordinal)] : targets;

    private static IReadOnlyList<string> List(NamesOrText value) => value.Text is { } text ? [text] : value.Names;

    private static LoraInit ReadInit(JsonFields fields)
    {
        var init = fields.OptionalWord("init_lora_weights") ?? "true";
        if (!PlainInits.Contains(init))
        {
            throw fields.Wrong(
                "init_lora_weights",
                $"is '{init}'; true, false, gaussian, eva and orthogonal are supported. pissa, olora, corda and loftq change the base's weights at the start, "
                + "so base and adapter alone are not the model that was trained; convert the adapter to plain LoRA with PEFT (path_initial_model_for_weight_conversion)");
        }

        return init == "gaussian" ? LoraInit.Gaussian : LoraInit.Kaiming;
    }

    /// <summary>Refuses what PEFT refuses too.</summary>
    private static void Check(JsonFields fields, LoraAdapterConfig config)
    {
        if (config.TargetModules.Text is not null && config.Layers.Count > 0)
            throw fields.Wrong("layers_to_transform", "is set, and 'target_modules' is a text; PEFT takes it with a list only");
        if (config.LayersPattern.Count > 0 && config.Layers.Count == 0)
            throw fields.Wrong("layers_pattern", "is set without 'layers_to_transform'");
        CheckPattern("target_modules", config.TargetModules.Text is { } text ? [text] : []);
        CheckPattern("layers_pattern", config.LayersPattern);
        CheckPattern("rank_pattern", config.RankPattern.Keys);
        CheckPattern("alpha_pattern", config.AlphaPattern.Keys);

        void CheckPattern(string key, IEnumerable<string> patterns)
        {
            if (patterns.Select(ModulePattern.Problem).FirstOrDefault(problem => problem is not null) is { } problem)
                throw fields.Wrong(key, $"cannot be used: {problem}");
        }
    }
}
