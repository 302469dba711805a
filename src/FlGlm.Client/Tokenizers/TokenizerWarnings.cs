using System.Globalization;
using FlGlm.Client.Data;
using FlGlm.Core.Checkpoints;

namespace FlGlm.Client.Tokenizers;

/// <summary>What the files beside a tokenizer say that is not used, or that others contradict.</summary>
internal static class TokenizerWarnings
{
    /// <summary>The keys of <c>tokenizer_config.json</c> that are read, or that change no id (docs/compatibility.md has them all).</summary>
    private static readonly HashSet<string> Known =
    [
        "add_bos_token", "add_eos_token", "add_prefix_space", "added_tokens_decoder", "additional_special_tokens", "auto_map", "backend", "bos_token",
        "chat_template", "clean_up_tokenization_spaces", "cls_token", "device_map", "eos_token", "errors", "extra_special_tokens", "from_slow",
        "is_local", "legacy", "mask_token", "max_length", "model_input_names", "model_max_length", "name_or_path", "num_image_tokens",
        "pad_to_multiple_of", "pad_token", "pad_token_type_id", "padding_side", "processor_class", "sep_token", "spaces_between_special_tokens",
        "special_tokens_map_file", "stride", "tokenizer_class", "tokenizer_file", "trim_offsets", "truncation_side", "truncation_strategy",
        "unk_token", "use_fast",
    ];

    /// <summary>The keys of <c>tokenizer_config.json</c> that nothing uses.</summary>
    internal static IEnumerable<string> OfConfig(string directory)
    {
        var path = Path.Combine(directory, "tokenizer_config.json");
        var json = JsonFile.FindObject(path);
        if (json is not null && UnusedKeys.Of(json.Value, Known) is { Count: > 0 } keys)
            yield return $"'{path}' has keys that nothing here uses: {string.Join(", ", keys)}.";
    }

    /// <summary>Where <c>config.json</c> and the tokenizer's files begin or end a text with different marks.</summary>
    internal static IEnumerable<string> OfMarks(string directory, ModelIds ids, TextPieces pieces)
    {
        var path = Path.Combine(directory, "config.json");
        if (pieces.Beginning is { } begins && ids.Bos is { } bos && begins != bos && pieces.AddsBeginning != false)
            yield return $"'{path}' begins a text with {Named(bos, pieces)} (bos_token_id), the tokenizer with {Named(begins, pieces)}: what is in config.json counts.";
        if (pieces.End is { } ends && ids.Eos.Count > 0 && !ids.Eos.Contains(ends))
        {
            var marks = string.Join(", ", ids.Eos.Select(id => Named(id, pieces)));
            yield return $"'{path}' ends a text with {marks} (eos_token_id), the tokenizer with {Named(ends, pieces)}: rows are learnt with the former.";
        }
    }

    private static string Named(int id, TextPieces pieces)
    {
        var piece = pieces.Vocabulary.FirstOrDefault(piece => piece.Value == id).Key;
        return piece is null ? id.ToString(CultureInfo.InvariantCulture) : string.Create(CultureInfo.InvariantCulture, $"{piece} ({id})");
    }
}
