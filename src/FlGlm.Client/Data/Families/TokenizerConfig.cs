using System.Text.Json;

namespace FlGlm.Client.Data.Families;

/// <summary>What a model's <c>tokenizer_config.json</c> says; nothing without the file.</summary>
/// <param name="AddBos"><c>add_bos_token</c>.</param>
/// <param name="AddEos"><c>add_eos_token</c>.</param>
/// <param name="ImageTokens"><c>num_image_tokens</c>: ids before those of text (ChatGLM-6B).</param>
/// <param name="HasRoles">Whether it is ChatGLM3's, whose tokens include the roles of a dialogue.</param>
internal sealed record TokenizerConfig(bool? AddBos, bool? AddEos, int? ImageTokens, bool HasRoles)
{
    internal static TokenizerConfig Read(string directory)
    {
        using var json = JsonFile.Read(Path.Combine(directory, "tokenizer_config.json"));
        return json is null
            ? new TokenizerConfig(null, null, null, HasRoles: false)
            : Read(json.RootElement);
    }

    private static TokenizerConfig Read(JsonElement config) =>
        new(Flag(config, "add_bos_token"), Flag(config, "add_eos_token"), Count(config, "num_image_tokens"), NamesRoles(config));

    private static bool? Flag(JsonElement config, string key) =>
        !config.TryGetProperty(key, out var value) ? null : value.ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => null,
        };

    private static int? Count(JsonElement config, string key) =>
        config.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var count) && count >= 0 ? count : null;

    /// <summary>By the name it was published under, or by its added tokens.</summary>
    private static bool NamesRoles(JsonElement config) =>
        (config.TryGetProperty("name_or_path", out var name) && name.ValueKind == JsonValueKind.String
            && name.GetString()!.Contains("chatglm3", StringComparison.OrdinalIgnoreCase))
        || (config.TryGetProperty("added_tokens_decoder", out var added) && added.GetRawText().Contains("<|user|>", StringComparison.Ordinal));
}
