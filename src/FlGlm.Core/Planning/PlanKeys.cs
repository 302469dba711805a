using FlGlm.Core.Configuration;

namespace FlGlm.Core.Planning;

/// <summary>What the keys of a plan mean for the agreement. A key that is not named here is always used and must be equal in training.</summary>
internal static class PlanKeys
{
    public const string Architecture = "model.architecture";

    /// <summary>The server decides these for all; a client takes them from the plan.</summary>
    private static readonly string[] OfServer = ["run_id", "serial.", "crypto.", "checkpoint.", "server.", "clients.join_timeout_s", "clients.minimum", "clients.max_samples", "client_batch.products", "clients.when_lost", "clients.rejoin_timeout_s", "training.average_period"];

    /// <summary>These change nothing that is computed, and may differ where a run is resumed.</summary>
    private static readonly string[] FreeOnResume = ["run_id", "crypto.", "checkpoint.", "server.", "clients.join_timeout_s", "clients.minimum", "clients.max_samples", "clients.when_lost", "clients.rejoin_timeout_s"];

    /// <summary>These describe the model and its cut: all that must be equal in generation.</summary>
    private static readonly string[] OfModel = ["model.", "split.", "peft.", "compute."];

    /// <summary>Whether both sides must have the same value.</summary>
    public static bool MustBeEqual(string key, bool inGeneration) => inGeneration ? StartsWith(key, OfModel) : !StartsWith(key, OfServer);

    /// <summary>Whether a run that is resumed must have the value that it began with.</summary>
    public static bool MustStay(string key) => !StartsWith(key, FreeOnResume);

    /// <summary>Whether the plan uses a key: those of another method than its own are not part of it.</summary>
    public static bool IsUsed(string key, RunPlan plan) => key switch
    {
        _ when StartsWith(key, "peft.lora.") => plan.Peft.Method == PeftMethod.Lora,
        _ when StartsWith(key, "peft.prefix.") => plan.Peft.Method == PeftMethod.PTuningV2,
        "training.steps" => plan.Training.Epochs == 0,
        "training.average_period" => plan.Training.Strategy != StrategyName.Serial,
        "training.average_lora" => plan.Peft.Method == PeftMethod.Lora,
        _ when StartsWith(key, "client_batch.") => plan.Training.Strategy == StrategyName.ClientBatch,
        _ when StartsWith(key, "serial.") => plan.Training.Strategy == StrategyName.Serial,
        _ => true,
    };

    /// <summary>The key whose value decides whether another is used; null where it always is.</summary>
    public static string? DecidedBy(string key) => key switch
    {
        _ when StartsWith(key, "peft.lora.", "peft.prefix.") => "peft.method",
        "training.steps" => "training.epochs",
        "training.average_period" => "training.strategy",
        "training.average_lora" => "peft.method",
        _ when StartsWith(key, "serial.", "client_batch.") => "training.strategy",
        _ => null,
    };

    /// <summary>The key to change: the model's fields come from its directory.</summary>
    public static string InConfiguration(string key) => StartsWith(key, "model.") ? $"model.path ({key["model.".Length..]})" : key;

    private static bool StartsWith(string key, params ReadOnlySpan<string> starts)
    {
        foreach (var start in starts)
        {
            if (key.StartsWith(start, StringComparison.Ordinal))
                return true;
        }

        return false;
    }
}
