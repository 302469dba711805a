using System.Text.Json;
using FlGlm.Core.Checkpoints;
using FlGlm.Core.Configuration;
using FlGlm.Core.Models.ChatGlm;
using FlGlm.Core.Models.ChatGlm2;
using FlGlm.Core.Models.Llama;

namespace FlGlm.Core.Models;

/// <summary>A family of models that can be built; <see cref="All"/> is the one list of them.</summary>
/// <param name="Published">The names of its published models, for messages.</param>
/// <param name="ModelType"><c>model_type</c> of its <c>config.json</c></param>
/// <param name="OwnField">a field that other families with this <c>model_type</c> do not have; null where there are none</param>
/// <param name="ConfigKeys">the keys of its <c>config.json</c> beside those that all have</param>
internal sealed record KnownFamily(
    FamilyName Name, string Published, string ModelType, string? OwnField, Func<JsonElement, string, ModelFamily> Create, IReadOnlyList<string> ConfigKeys)
{
    public static readonly IReadOnlyList<KnownFamily> All =
    [
        new(FamilyName.Llama, "Llama", "llama", null, (config, path) => new LlamaFamily(LlamaConfig.Read(config, path)), LlamaConfig.Keys),
        new(FamilyName.ChatGlm2, "ChatGLM2 and 3", "chatglm", "ffn_hidden_size", (config, path) => new ChatGlm2Family(ChatGlm2Config.Read(config, path)), ChatGlm2Config.Keys),
        new(FamilyName.ChatGlm, "ChatGLM-6B", "chatglm", "inner_hidden_size", (config, path) => new ChatGlmFamily(ChatGlmConfig.Read(config, path)), ChatGlmConfig.Keys),
    ];

    /// <summary>The family whose a <c>config.json</c> is.</summary>
    /// <exception cref="CheckpointException">unknown architecture</exception>
    public static KnownFamily Of(JsonElement config, string path)
    {
        var fields = new JsonFields(config, path);
        var type = fields.Text("model_type", "");
        if (type.Length == 0)
            throw new CheckpointException(path, $"'{path}' has no 'model_type'; it is no config.json of a Hugging Face model.");
        var typed = All.Where(family => family.ModelType == type).ToList();
        if (typed.Count == 0)
        {
            var known = string.Join(", ", All.Select(family => family.ModelType).Distinct());
            throw new CheckpointException(path, $"'{path}' describes a '{type}' model, which FlGlm cannot build yet; it knows: {known}.");
        }

        return typed.Find(family => family.OwnField is not { } own || fields.Has(own)) ?? throw fields.Wrong(
            "model_type", $"a '{type}' has one of {string.Join(", ", typed.Select(family => $"'{family.OwnField}' ({family.Published})"))}, and this has none");
    }
}
