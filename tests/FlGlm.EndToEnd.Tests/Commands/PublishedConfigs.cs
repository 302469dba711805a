namespace FlGlm.EndToEnd.Tests.Commands;

/// <summary>The sizes and mathematical settings of the published <c>config.json</c> files.</summary>
internal static class PublishedConfigs
{
    public const string ChatGlm6B =
        """
        {
          "model_type": "chatglm", "torch_dtype": "float16", "num_layers": 28, "hidden_size": 4096, "num_attention_heads": 32,
          "inner_hidden_size": 16384, "vocab_size": 130528, "max_sequence_length": 2048, "layernorm_epsilon": 1e-5, "position_encoding_2d": true,
          "bos_token_id": 130004, "eos_token_id": 130005, "mask_token_id": 130000, "gmask_token_id": 130001, "pad_token_id": 3, "use_cache": true
        }
        """;

    public const string ChatGlm26B =
        """
        {
          "model_type": "chatglm", "torch_dtype": "float16", "num_layers": 28, "hidden_size": 4096, "num_attention_heads": 32, "kv_channels": 128,
          "multi_query_attention": true, "multi_query_group_num": 2, "ffn_hidden_size": 13696, "padded_vocab_size": 65024, "seq_length": 32768,
          "rmsnorm": true, "layernorm_epsilon": 1e-5, "post_layer_norm": true, "add_qkv_bias": true, "add_bias_linear": false,
          "tie_word_embeddings": false, "eos_token_id": 2, "pad_token_id": 0
        }
        """;

    public const string Llama27B =
        """
        {
          "model_type": "llama", "torch_dtype": "float16", "num_hidden_layers": 32, "hidden_size": 4096, "num_attention_heads": 32,
          "num_key_value_heads": 32, "intermediate_size": 11008, "vocab_size": 32000, "max_position_embeddings": 4096, "rms_norm_eps": 1e-5,
          "hidden_act": "silu", "tie_word_embeddings": false, "bos_token_id": 1, "eos_token_id": 2
        }
        """;
}
