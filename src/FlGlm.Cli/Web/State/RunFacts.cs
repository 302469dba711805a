using FlGlm.Cli.Inspection;
using FlGlm.Core.Checkpoints;
using FlGlm.Core.Configuration;
using FlGlm.Core.Models;

namespace FlGlm.Cli.Web.State;

/// <summary>What a run's configuration and the config.json of its model say: sizes that figures are compared with.</summary>
/// <param name="Strategy">How the server works with the clients.</param>
/// <param name="IsFull">Whether all weights are trained.</param>
/// <param name="Devices">On how many devices the middle's replicas are.</param>
/// <param name="Footprint">As <c>flglm inspect</c> computes it; null where the model cannot be read.</param>
internal sealed record RunFacts(StrategyName Strategy, bool IsFull, int Devices, Footprint? Footprint)
{
    private PartFootprint? Middle => Footprint?.Parts[1];

    /// <summary>The middle's weights in bytes.</summary>
    public long? WeightBytes => Middle?.WeightBytes;

    /// <summary>Bytes of what a middle trains, with gradients and moments; of a replica that trains all weights those too.</summary>
    public long? TrainingBytes => Middle is { } middle ? middle.TrainingBytes + (IsFull && Strategy == StrategyName.ServerHierarchical ? middle.WeightBytes : 0) : null;

    public static RunFacts Of(FlGlmConfig config) =>
        new(config.Training.Strategy, config.Peft.Method == PeftMethod.None, Math.Max(1, config.Compute.Devices.Count), FootprintOf(config));

    /// <summary>
    /// The fewest bytes of hidden states of a step each way, the passes without sealing and headers: h0 and dL/dhN-2 go up, hN-2 and dL/dh0 come down.
    /// </summary>
    public long? FloorEachWay(int tokens) => 2 * Footprint?.WireBytesPerToken * tokens;

    private static Footprint? FootprintOf(FlGlmConfig config)
    {
        try
        {
            var path = Path.Combine(config.Model.Path, "config.json");
            if (config.Model.Path.Length == 0 || !File.Exists(path))
                return null;
            var model = JsonFile.ReadObject(path);
            return FootprintBuilder.Build(ModelFamily.FromConfig(model, path), model, new InspectionSettings
            {
                Split = config.Split, Peft = config.Peft, Rows = config.Training.BatchSize, Length = config.Data.MaxLength, Precision = config.Compute.Dtype,
            });
        }
        catch (Exception e) when (e is FlGlmException or IOException or UnauthorizedAccessException)
        {
            return null; // The run itself reports it.
        }
    }
}
