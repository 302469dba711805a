using FlGlm.Core.Checkpoints;
using FlGlm.Core.Configuration;

namespace FlGlm.Core.Peft;

/// <summary>
/// The keys of PEFT's <c>adapter_config.json</c> (LoraConfig and PrefixTuningConfig of PEFT 0.17, and what 0.18 adds): each is used, changes
/// nothing here, or is refused where it is set. The user is warned of any other.
/// </summary>
internal static class AdapterConfigKeys
{
    /// <summary>Our own key for the blocks of a part.</summary>
    public const string Part = "flglm_blocks";

    /// <summary>Our own key for the id of the run that wrote a part.</summary>
    public const string Run = "flglm_run";

    private static readonly string[] UsedByAll = ["peft_type", "base_model_name_or_path", Part, Run];

    private static readonly string[] UsedByLora =
    [
        "r", "lora_alpha", "lora_dropout", "use_rslora", "target_modules", "layers_to_transform", "layers_pattern", "rank_pattern",
        "alpha_pattern", "modules_to_save", "init_lora_weights",
    ];

    private static readonly string[] UsedByPrefix =
    [
        "num_virtual_tokens", "token_dim", "num_transformer_submodules", "num_attention_heads", "num_layers", "encoder_hidden_size",
        "prefix_projection",
    ];

    /// <summary>
    /// Where the base is published and which class loads it; how PEFT treats it in memory; and settings of initial values and of options
    /// that have keys of their own.
    /// </summary>
    private static readonly string[] Harmless =
    [
        "task_type", "auto_mapping", "revision", "inference_mode", "peft_version",
        "megatron_core", "qalora_group_size", "runtime_config", "loftq_config", "eva_config", "corda_config",
    ];

    /// <summary>What each would change. The value must be absent, null, false, empty or <c>none</c>.</summary>
    private static readonly Dictionary<string, string> RefusedOfLora = new()
    {
        ["bias"] = "trains the base's biases",
        ["lora_bias"] = "adds a bias to B",
        ["fan_in_fan_out"] = "is for weights stored as [in, out]",
        ["use_dora"] = "is DoRA, which rescales the weights",
        ["use_qalora"] = "is QA-LoRA, which averages the inputs in groups",
        ["exclude_modules"] = "takes modules out of target_modules",
        ["target_parameters"] = "adapts parameters that are no modules",
        ["trainable_token_indices"] = "trains single rows of the embedding",
        ["layer_replication"] = "uses blocks more than once",
        ["megatron_config"] = "is for Megatron's parallel layers",
        ["alora_invocation_tokens"] = "is aLoRA, which adapts only the tokens behind a mark",
        ["arrow_config"] = "routes between several adapters",
        ["ensure_weight_tying"] = "keeps an LM head and an embedding that train the same",
    };

    private static readonly Dictionary<string, string> RefusedOfPrefix = new()
    {
        ["modules_to_save"] = "holds modules of the base beside the prefix",
    };

    /// <exception cref="CheckpointException">A LoRA adapter sets a key that is not supported.</exception>
    public static void RefuseOfLora(JsonFields fields) => Refuse(fields, RefusedOfLora);

    /// <exception cref="CheckpointException">A prefix sets a key that is not supported.</exception>
    public static void RefuseOfPrefix(JsonFields fields) => Refuse(fields, RefusedOfPrefix);

    /// <summary>The keys of a LoRA adapter that PEFT does not have, sorted.</summary>
    public static IReadOnlyList<string> UnknownOfLora(JsonFields fields) => Unknown(fields, [.. UsedByLora, .. RefusedOfLora.Keys]);

    /// <summary>The keys of a prefix that PEFT does not have, sorted.</summary>
    public static IReadOnlyList<string> UnknownOfPrefix(JsonFields fields) => Unknown(fields, [.. UsedByPrefix, .. RefusedOfPrefix.Keys]);

    private static void Refuse(JsonFields fields, Dictionary<string, string> refused)
    {
        foreach (var (key, what) in refused)
        {
            if (fields.IsSet(key))
                throw fields.Wrong(key, $"is set, which is not supported: it {what}. Use an adapter without it");
        }
    }

    private static string[] Unknown(JsonFields fields, IEnumerable<string> known) =>
        [.. fields.Names.Except(known).Except(UsedByAll).Except(Harmless).Order(StringComparer.Ordinal)];
}
