using FlGlm.Core.Checkpoints;
using FlGlm.Core.Models;

namespace FlGlm.Cli.Inspection;

/// <summary>Looks at a config.json without weights: what the model that it describes would hold.</summary>
internal static class ConfigInspector
{
    /// <param name="path">what was asked for, for the first line</param>
    /// <param name="configPath">the config.json</param>
    public static Inspection Inspect(string path, string configPath, InspectionSettings settings)
    {
        var config = JsonFile.ReadObject(configPath);
        var family = ModelFamily.FromConfig(config, configPath);
        var stored = FootprintBuilder.StoredAs(config);
        List<InspectedTensor> tensors = [.. family.Tensors.Select(tensor => InspectedTensor.Of(TensorInfo.Of(tensor.Name, stored, tensor.Shape)))];
        return new Inspection(path, "configuration without weights", CheckpointInspector.Describe(family), [], tensors, [])
        {
            Footprint = FootprintBuilder.Build(family, config, settings),
        };
    }
}
