using System.Text.Json;
using System.Text.Json.Nodes;

namespace FlGlm.Core.Checkpoints;

/// <summary>What a <c>config.json</c> says its weights are stored as: <c>torch_dtype</c>, or <c>dtype</c> in newer ones.</summary>
public static class ConfigDtype
{
    private static readonly string[] Keys = ["torch_dtype", "dtype"];

    /// <summary>The config beside weights of another type; one that names none still names none.</summary>
    /// <param name="config">the root of <c>config.json</c></param>
    internal static JsonElement Restate(JsonElement config, ElementType stored)
    {
        var restated = JsonObject.Create(config)!;
        foreach (var key in Keys.Where(restated.ContainsKey))
            restated[key] = stored.ToScalarType().ToString().ToLowerInvariant();
        return JsonSerializer.SerializeToElement(restated);
    }
}
