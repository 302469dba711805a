using System.Text.Json;
using System.Text.Json.Nodes;

namespace FlGlm.Core.Checkpoints;

/// <summary>The field of <c>config.json</c> for the stored type of the weights: <c>torch_dtype</c>, or <c>dtype</c> in newer files.</summary>
internal static class ConfigDtype
{
    private static readonly string[] Keys = ["torch_dtype", "dtype"];

    /// <summary>The config with the type that the weights now have; a config without the field is returned without it.</summary>
    /// <param name="config">the root of <c>config.json</c></param>
    internal static JsonElement Restate(JsonElement config, ElementType stored)
    {
        var restated = JsonObject.Create(config)!;
        foreach (var key in Keys.Where(restated.ContainsKey))
            restated[key] = stored.ToScalarType().ToString().ToLowerInvariant();
        return JsonSerializer.SerializeToElement(restated);
    }
}
