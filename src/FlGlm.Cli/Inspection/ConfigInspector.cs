using FlGlm.Core.Checkpoints;
using FlGlm.Core.Models;

namespace FlGlm.Cli.Inspection;

/// <summary>Inspects a config.json without weights: the tensors of the model that it describes.</summary>
internal static class ConfigInspector
{
    /// <param name="path">the path on the command line, for the first line</param>
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
