using System.Text.Json;

namespace FlGlm.Client.Data;

/// <summary>Which marks a model's <c>tokenizer_config.json</c> asks for around a text; without the file as Llama's: bos, no eos.</summary>
internal sealed record MarkSettings(bool AddBos, bool AddEos)
{
    internal static MarkSettings Read(string path)
    {
        using var json = JsonFile.Read(path);
        return json is null
            ? new MarkSettings(AddBos: true, AddEos: false)
            : new MarkSettings(Flag(json.RootElement, "add_bos_token", true), Flag(json.RootElement, "add_eos_token", false));
    }

    private static bool Flag(JsonElement config, string key, bool otherwise) =>
        !config.TryGetProperty(key, out var value) ? otherwise : value.ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => otherwise,
        };
}
