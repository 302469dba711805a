namespace FlGlm.Core.Models;

/// <summary>The keys of a <c>config.json</c> that are read, or that change nothing here (docs/compatibility.md has them all).</summary>
internal static class KnownConfigKeys
{
    /// <summary>Of every Hugging Face configuration.</summary>
    private static readonly string[] Common =
    [
        "_name_or_path", "architectures", "auto_map", "bad_words_ids", "begin_suppress_tokens", "bos_token_id", "chunk_size_feed_forward",
        "cross_attention_hidden_size", "decoder_start_token_id", "diversity_penalty", "do_sample", "dtype", "early_stopping",
        "encoder_no_repeat_ngram_size", "eos_token_id", "exponential_decay_length_penalty", "finetuning_task", "forced_bos_token_id",
        "forced_eos_token_id", "id2label", "is_decoder", "label2id", "length_penalty", "max_length", "min_length", "model_type",
        "no_repeat_ngram_size", "num_beam_groups", "num_beams", "num_labels", "num_return_sequences", "output_attentions",
        "output_hidden_states", "output_scores", "pad_token_id", "prefix", "problem_type", "remove_invalid_values", "repetition_penalty",
        "return_dict", "return_dict_in_generate", "sep_token_id", "suppress_tokens", "task_specific_params", "temperature", "tf_legacy_loss",
        "tie_encoder_decoder", "tie_word_embeddings", "tokenizer_class", "top_k", "top_p", "torch_dtype", "torchscript",
        "transformers_version", "typical_p", "use_bfloat16", "use_cache", "_attn_implementation_autoset", "_attn_implementation",
        "is_encoder_decoder", "add_cross_attention", "pruned_heads", "quantization_config",
    ];

    /// <summary>Those of a family.</summary>
    public static IReadOnlySet<string> Of(KnownFamily family) => Common.Concat(family.ConfigKeys).ToHashSet();
}
