using FlGlm.Core.Configuration;

namespace FlGlm.Cli.Runs;

/// <summary>The settings that tell runs apart, as a short table.</summary>
internal static class MainSettings
{
    private static readonly HashSet<string> Always =
    [
        "model.path", "data.task", "split.head", "split.tail", "peft.method", "optimizer.name", "optimizer.learning_rate", "optimizer.schedule", "training.strategy", "training.rounds",
        "training.batch_size", "training.accumulate", "training.average_period", "training.seed", "clients.expected", "compute.dtype",
    ];

    /// <summary>Keys with their values, as they are written in YAML.</summary>
    public static IEnumerable<(string Key, string Value)> Of(FlGlmConfig config)
    {
        HashSet<string> used = [.. Always, .. OfMethod(config.Peft.Method), config.Training.Epochs > 0 ? "training.epochs" : "training.steps"];
        return ConfigWriter.Lines(config).Where(line => used.Contains(line.Key));
    }

    private static IEnumerable<string> OfMethod(PeftMethod method) => method switch
    {
        PeftMethod.Lora => ["peft.lora.rank", "peft.lora.alpha"],
        PeftMethod.PTuningV2 => ["peft.prefix.length"],
        _ => [],
    };
}
