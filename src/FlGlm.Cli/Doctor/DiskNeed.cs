using FlGlm.Cli.Inspection;
using FlGlm.Core.Configuration;

namespace FlGlm.Cli.Doctor;

/// <summary>How much a run will write to its directory.</summary>
internal static class DiskNeed
{
    /// <summary>Of each trained number a checkpoint has the value and two moments, in float32.</summary>
    private const int CheckpointBytes = 3 * sizeof(float);

    /// <summary>Bytes of the kept checkpoints and of the one in the making; null where the model cannot be read.</summary>
    public static long? Of(FlGlmConfig config, bool isClient)
    {
        if (config.Model.Path.Length == 0)
            return null;
        try
        {
            var parts = FootprintBuilder.Build(config, config.Model.Path, config.Training.BatchSize, length: 1).Footprint.Parts;
            var trained = isClient ? parts[0].TrainedParameters + parts[2].TrainedParameters : parts[1].TrainedParameters;
            return trained * CheckpointBytes * (config.Checkpoint.Keep + 1L);
        }
        catch (FlGlmException)
        {
            return null; // the run itself says what is wrong with the model
        }
    }
}
