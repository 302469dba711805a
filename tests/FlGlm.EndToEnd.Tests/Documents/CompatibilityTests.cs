using System.Text.RegularExpressions;
using FlGlm.Testing;

namespace FlGlm.EndToEnd.Tests.Documents;

/// <summary>docs/compatibility.md has a row for every key that the published configurations have, and names tests that exist.</summary>
public sealed partial class CompatibilityTests
{
    private const string Llama = "## `config.json` of Llama";
    private const string ChatGlm = "## `config.json` of ChatGLM-6B";
    private const string ChatGlm2 = "## `config.json` of ChatGLM2 and ChatGLM3";
    private const string Tokenizer = "## `tokenizer_config.json`";
    private const string Generation = "## `generation_config.json`";
    private const string Lora = "## `adapter_config.json` of LoRA";
    private const string Prefix = "## `adapter_config.json` of P-tuning v2 (PEFT's PREFIX_TUNING)";

    private static readonly string Text = new Document(Path.Combine("docs", "compatibility.md")).Text;

    /// <summary>The keys of LlamaConfig with those of PretrainedConfig, of the published ChatGLM configurations, and of the other files.</summary>
    public static TheoryData<string, string> Published => new()
    {
        {
            Llama,
            "vocab_size hidden_size intermediate_size num_hidden_layers num_attention_heads num_key_value_heads hidden_act max_position_embeddings "
            + "initializer_range rms_norm_eps use_cache pad_token_id bos_token_id eos_token_id pretraining_tp tie_word_embeddings rope_theta rope_scaling "
            + "rope_parameters attention_bias attention_dropout mlp_bias head_dim architectures model_type torch_dtype dtype transformers_version "
            + "_name_or_path _attn_implementation_autoset quantization_config return_dict output_hidden_states output_attentions torchscript use_bfloat16 "
            + "tf_legacy_loss pruned_heads is_encoder_decoder is_decoder cross_attention_hidden_size add_cross_attention tie_encoder_decoder "
            + "chunk_size_feed_forward finetuning_task id2label label2id num_labels prefix problem_type task_specific_params tokenizer_class "
            + "decoder_start_token_id sep_token_id max_length min_length do_sample early_stopping num_beams num_beam_groups diversity_penalty temperature "
            + "top_k top_p typical_p repetition_penalty length_penalty no_repeat_ngram_size encoder_no_repeat_ngram_size bad_words_ids "
            + "num_return_sequences output_scores return_dict_in_generate forced_bos_token_id forced_eos_token_id remove_invalid_values "
            + "exponential_decay_length_penalty suppress_tokens begin_suppress_tokens auto_map"
        },
        {
            ChatGlm,
            "_name_or_path architectures auto_map bos_token_id eos_token_id gmask_token_id mask_token_id pad_token_id hidden_size inner_hidden_size "
            + "layernorm_epsilon max_sequence_length model_type num_attention_heads num_layers position_encoding_2d pre_seq_len prefix_projection "
            + "quantization_bit quantization_embeddings tie_word_embeddings torch_dtype transformers_version use_cache vocab_size"
        },
        {
            ChatGlm2,
            "_name_or_path model_type architectures auto_map add_bias_linear add_qkv_bias apply_query_key_layer_scaling "
            + "apply_residual_connection_post_layernorm attention_dropout attention_softmax_in_fp32 bias_dropout_fusion classifier_dropout ffn_hidden_size "
            + "fp32_residual_connection hidden_dropout hidden_size interleaved_qkv kv_channels layernorm_epsilon multi_query_attention "
            + "multi_query_group_num num_attention_heads num_layers original_rope padded_vocab_size post_layer_norm pre_seq_len prefix_projection "
            + "quantization_bit rmsnorm rope_ratio seq_length use_cache torch_dtype transformers_version tie_word_embeddings eos_token_id pad_token_id "
            + "bos_token_id vocab_size"
        },
        {
            Tokenizer,
            "add_bos_token add_eos_token add_prefix_space added_tokens_decoder additional_special_tokens auto_map bos_token chat_template "
            + "clean_up_tokenization_spaces cls_token do_lower_case encode_special_tokens eos_token errors extra_special_tokens from_slow keep_accents legacy "
            + "mask_token max_length model_input_names model_max_length name_or_path num_image_tokens pad_to_multiple_of pad_token pad_token_type_id "
            + "padding_side processor_class remove_space sep_token sp_model_kwargs spaces_between_special_tokens special_tokens_map_file "
            + "split_special_tokens stride tokenizer_class tokenizer_file trim_offsets truncation_side truncation_strategy unk_token use_default_system_prompt "
            + "use_fast device_map is_local backend"
        },
        {
            Generation,
            "max_length max_new_tokens min_length min_new_tokens early_stopping max_time stop_strings do_sample num_beams use_cache cache_implementation "
            + "temperature top_k top_p min_p typical_p epsilon_cutoff eta_cutoff repetition_penalty encoder_repetition_penalty length_penalty "
            + "no_repeat_ngram_size bad_words_ids renormalize_logits forced_bos_token_id forced_eos_token_id remove_invalid_values "
            + "exponential_decay_length_penalty suppress_tokens begin_suppress_tokens sequence_bias guidance_scale watermarking_config "
            + "num_return_sequences output_attentions output_hidden_states output_scores output_logits return_dict_in_generate pad_token_id bos_token_id "
            + "eos_token_id encoder_no_repeat_ngram_size decoder_start_token_id num_beam_groups diversity_penalty penalty_alpha low_memory "
            + "transformers_version _from_model_config"
        },
        {
            Lora,
            "peft_type task_type auto_mapping base_model_name_or_path revision inference_mode peft_version r target_modules exclude_modules lora_alpha "
            + "lora_dropout fan_in_fan_out bias use_rslora modules_to_save init_lora_weights layers_to_transform layers_pattern rank_pattern alpha_pattern "
            + "megatron_config megatron_core trainable_token_indices loftq_config eva_config corda_config use_dora use_qalora qalora_group_size "
            + "layer_replication runtime_config lora_bias target_parameters alora_invocation_tokens arrow_config ensure_weight_tying"
        },
        {
            Prefix,
            "peft_type task_type auto_mapping base_model_name_or_path revision inference_mode peft_version num_virtual_tokens token_dim "
            + "num_transformer_submodules num_attention_heads num_layers encoder_hidden_size prefix_projection modules_to_save"
        },
    };

    [Theory]
    [MemberData(nameof(Published))]
    public void Every_published_key_has_a_row_and_one_alone(string section, string keys)
    {
        var rows = Section(section).SelectMany(row => Names().Matches(row[0]).Select(name => name.Groups[1].Value)).ToList();

        Assert.All(keys.Split(' '), key => Assert.Contains(key, rows));
        Assert.Equal(rows.Distinct(), rows);
    }

    [Fact]
    public void Every_row_says_what_becomes_of_its_thing_and_which_test_holds_it()
    {
        var tests = Directory.EnumerateFiles(RepositoryFolder.At("tests"), "*Tests.cs", SearchOption.AllDirectories)
            .Select(Path.GetFileNameWithoutExtension).ToHashSet();
        var rows = Text.Split('\n').Where(line => line.StartsWith("| ", StringComparison.Ordinal) && !line.StartsWith("| Key", StringComparison.Ordinal) && !line.StartsWith("| Thing", StringComparison.Ordinal)).Select(Cells).ToList();

        Assert.InRange(rows.Count, 60, 200);
        Assert.All(rows, cells =>
        {
            Assert.Equal(4, cells.Length);
            Assert.Matches("^(used|refused|warned|no effect)", cells[2]);
            Assert.NotEqual("", cells[1]);
            Assert.Contains(cells[3], tests);
        });
    }

    private static IEnumerable<string[]> Section(string title)
    {
        var begin = Text.IndexOf(title + "\n", StringComparison.Ordinal);
        Assert.True(begin >= 0, title);
        var end = Text.IndexOf("\n## ", begin + title.Length, StringComparison.Ordinal);
        return Text[begin..(end < 0 ? Text.Length : end)].Split('\n').Where(line => line.StartsWith("| `", StringComparison.Ordinal)).Select(Cells);
    }

    private static string[] Cells(string row) => [.. row.Trim().Trim('|').Split(" | ").Select(cell => cell.Trim())];

    [GeneratedRegex("`([a-z_0-9]+)`")]
    private static partial Regex Names();
}
