using System.Text.Json.Nodes;

namespace FlGlm.Client.Tokenizers;

/// <summary>The marks that a <c>tokenizer.json</c>'s post-processor puts around a text: null where it puts none.</summary>
internal readonly record struct TokenizerJsonMarks(int? Beginning, int? End)
{
    /// <summary>Reads TemplateProcessing, BertProcessing and RobertaProcessing, alone or in a Sequence; others add no marks.</summary>
    internal static TokenizerJsonMarks Read(JsonNode? processor) => processor?["type"]?.GetValue<string>() switch
    {
        "Sequence" => processor["processors"]!.AsArray().Select(Read).FirstOrDefault(marks => marks != default),
        "TemplateProcessing" => Template(processor),
        "BertProcessing" or "RobertaProcessing" => new(processor["cls"]![1]!.GetValue<int>(), processor["sep"]![1]!.GetValue<int>()),
        _ => default,
    };

    private static TokenizerJsonMarks Template(JsonNode processor)
    {
        var parts = processor["single"]!.AsArray().ToArray();
        var text = Array.FindIndex(parts, part => part?["Sequence"] is not null);
        return new TokenizerJsonMarks(Id(parts.Take(text).LastOrDefault()), Id(parts.Skip(text + 1).FirstOrDefault()));

        int? Id(JsonNode? part) => part?["SpecialToken"]?["id"]?.GetValue<string>() is { } name
            ? processor["special_tokens"]![name]!["ids"]![0]!.GetValue<int>()
            : null;
    }
}
