using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace FlGlm.Client.Tokenizers;

/// <summary>The form of Hugging Face's <c>tokenizer.json</c>, as we write it for the engine.</summary>
internal static class TokenizerJson
{
    /// <summary>More ids than any model has.</summary>
    internal const int MostIds = 1 << 24;

    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A tokenizer that does nothing but what its model does.</summary>
    internal static JsonObject Engine(JsonObject model, IEnumerable<JsonObject> addedTokens) => new()
    {
        ["version"] = "1.0",
        ["truncation"] = null,
        ["padding"] = null,
        ["added_tokens"] = new JsonArray([.. addedTokens]),
        ["normalizer"] = null,
        ["pre_tokenizer"] = null,
        ["post_processor"] = null,
        ["decoder"] = null,
        ["model"] = model,
    };

    /// <summary>A token that is found in the text as it stands.</summary>
    internal static JsonObject AddedToken(string content, int id, bool isSpecial = false) => new()
    {
        ["id"] = id,
        ["content"] = content,
        ["single_word"] = false,
        ["lstrip"] = false,
        ["rstrip"] = false,
        ["normalized"] = false,
        ["special"] = isSpecial,
    };

    /// <inheritdoc cref="AddedToken(string, int, bool)"/>
    internal static JsonObject AddedToken(AddedToken token)
    {
        var json = AddedToken(token.Content, token.Id, token.IsSpecial);
        json["single_word"] = token.SingleWord;
        json["lstrip"] = token.TakesLeft;
        json["rstrip"] = token.TakesRight;
        return json;
    }

    /// <summary>A name for a piece that no text may give: between two characters that Unicode sets aside for programs.</summary>
    internal static string Hidden(string name) => $"\uFDD0flglm:{name}\uFDD1";

    /// <summary>A number that can be an id: as many as no model has would need more memory than there is.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    internal static int Id(int number) => number is >= 0 and < MostIds ? number : throw new FormatException($"{number} is no id");

    internal static byte[] Bytes(JsonNode json) => JsonSerializer.SerializeToUtf8Bytes(json, Plain);
}
