using System.Text.Json;
using FlGlm.Core.Checkpoints;
using FlGlm.Core.Configuration;

namespace FlGlm.Client.Data.Families;

/// <summary>What a model's <c>tokenizer_config.json</c> says; nothing without the file.</summary>
/// <param name="AddBos"><c>add_bos_token</c>.</param>
/// <param name="AddEos"><c>add_eos_token</c>.</param>
/// <param name="ImageTokens"><c>num_image_tokens</c>: ids before those of text (ChatGLM-6B).</param>
/// <param name="HasRoles">Whether it is ChatGLM3's, whose tokens include the roles of a dialogue.</param>
internal sealed record TokenizerConfig(bool? AddBos, bool? AddEos, int? ImageTokens, bool HasRoles)
{
    /// <summary>The fields that may spell out ChatGLM3's roles, which of them depends on what wrote the file.</summary>
    private static readonly string[] RoleFields = ["added_tokens_decoder", "additional_special_tokens", "chat_template"];

    /// <summary><c>chat_template</c>, which may also stand in <c>chat_template.jinja</c>; null where there is none.</summary>
    internal string? ChatTemplate { get; private init; }

    /// <summary>Whether a chat may have Llama-2's form: the template is that, or there is none.</summary>
    internal bool IsLlama2Chat => ChatTemplate is null || (Has("[INST]") && Has("<<SYS>>"));

    /// <summary>Whether a chat may have Llama-3's form: the template is that, or there is none.</summary>
    internal bool IsLlama3Chat => ChatTemplate is null || Has("<|start_header_id|>");

    /// <exception cref="CheckpointException">The file is no JSON object, or <c>num_image_tokens</c> is no count.</exception>
    internal static TokenizerConfig Read(string directory)
    {
        var path = Path.Combine(directory, "tokenizer_config.json");
        var json = JsonFile.FindObject(path);
        var config = json is null ? new TokenizerConfig(null, null, null, HasRoles: false) : Read(json.Value, path);
        return config with { ChatTemplate = TemplateFile(Path.Combine(directory, "chat_template.jinja")) ?? Template(json) };
    }

    private static TokenizerConfig Read(JsonElement config, string path) =>
        new(Flag(config, "add_bos_token"), Flag(config, "add_eos_token"), Count(config, "num_image_tokens", path), NamesRoles(config));

    private static string? TemplateFile(string path) => File.Exists(path) ? File.ReadAllText(path) : null;

    /// <summary>A template, or a list of them with names.</summary>
    private static string? Template(JsonElement? config) =>
        config is { } json && json.TryGetProperty("chat_template", out var template) && template.ValueKind != JsonValueKind.Null
            ? template.ValueKind == JsonValueKind.String ? template.GetString() : template.GetRawText()
            : null;

    private bool Has(string mark) => ChatTemplate!.Contains(mark, StringComparison.Ordinal);

    private static bool? Flag(JsonElement config, string key) =>
        !config.TryGetProperty(key, out var value) ? null : value.ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => null,
        };

    private static int? Count(JsonElement config, string key, string path)
    {
        if (!config.TryGetProperty(key, out var value) || value.ValueKind == JsonValueKind.Null)
            return null;
        return value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var count) && count >= 0
            ? count
            : throw new CheckpointException(path, $"'{path}', field '{key}': {value.GetRawText()} is no count; 0 or more.");
    }

    /// <summary>By the name it was published under, or by a role spelt out: ChatGLM2 knows none.</summary>
    private static bool NamesRoles(JsonElement config) =>
        JsonFile.Mentions(config, "name_or_path", "chatglm3")
        || RoleFields.Any(field => JsonFile.Mentions(config, field, "<|user|>") || JsonFile.Mentions(config, field, "<|assistant|>"));
}
