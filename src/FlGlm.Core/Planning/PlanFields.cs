using System.Globalization;
using FlGlm.Core.Configuration;

namespace FlGlm.Core.Planning;

/// <summary>The fields that server and client must both have configured with equal values.</summary>
public static class PlanFields
{
    /// <returns>the dotted configuration key and the value as text; only the PEFT settings that the method uses</returns>
    public static IEnumerable<(string Key, string Value)> Of(RunPlan plan) =>
    [
        .. OfModel(plan),
        .. Of(plan.Optimizer),
        plan.Training.Epochs > 0 ? ("training.epochs", Text(plan.Training.Epochs)) : ("training.steps", Text(plan.Training.Steps)),
        ("training.batch_size", Text(plan.Training.BatchSize)),
        ("training.rounds", Text(plan.Training.Rounds)),
        ("training.seed", Text(plan.Training.Seed)),
        ("training.attention_dropout", Text(plan.AttentionDropout)),
        ("clients.expected", Text(plan.Clients.Expected)),
    ];

    /// <summary>The fields that describe the model and its cut: all that generation needs.</summary>
    public static IEnumerable<(string Key, string Value)> OfModel(RunPlan plan) =>
    [
        .. OfArchitecture(plan),
        ("split.head", Text(plan.Split.Head)),
        ("split.tail", Text(plan.Split.Tail)),
        ("peft.method", Text(plan.Peft.Method)),
        .. Of(plan.Peft),
        ("peft.start", plan.Peft.Start.Length > 0 ? "an adapter" : "none"),
        ("compute.dtype", Text(plan.Precision)),
    ];

    /// <summary>The fields of the architecture line: <c>llama blocks=8 hidden=512</c> is family, blocks and hidden.</summary>
    private static IEnumerable<(string Key, string Value)> OfArchitecture(RunPlan plan) =>
    [
        .. plan.Architecture.Split(' ').Select(field => field.Split('=', 2))
            .Select(field => field is [var name, var value] ? ($"model.path ({name})", value) : ("model.path (family)", field[0])),
        ("model.path (fingerprint)", plan.Fingerprint),
    ];

    private static IEnumerable<(string Key, string Value)> Of(PeftSettings peft) => peft.Method switch
    {
        PeftMethod.Lora =>
        [
            ("peft.lora.rank", Text(peft.Lora.Rank)),
            ("peft.lora.alpha", Text(peft.Lora.Alpha)),
            ("peft.lora.dropout", Text(peft.Lora.Dropout)),
            ("peft.lora.targets", peft.Lora.Targets.Text ?? Sorted(peft.Lora.Targets.Names)),
            ("peft.lora.layers", peft.Lora.Layers.Count == 0 ? "all" : string.Join(", ", peft.Lora.Layers.Order().Select(Text))),
            ("peft.lora.rank_pattern", Text(peft.Lora.RankPattern)),
            ("peft.lora.alpha_pattern", Text(peft.Lora.AlphaPattern)),
            ("peft.lora.modules_to_save", peft.Lora.ModulesToSave.Count == 0 ? "none" : Sorted(peft.Lora.ModulesToSave)),
            ("peft.lora.init", Text(peft.Lora.Init)),
            ("peft.lora.rslora", Text(peft.Lora.Rslora)),
        ],
        PeftMethod.PTuningV2 =>
        [
            ("peft.prefix.length", Text(peft.Prefix.Length)),
            ("peft.prefix.projection", Text(peft.Prefix.Projection)),
            ("peft.prefix.projection_hidden", Text(peft.Prefix.ProjectionHidden)),
            ("peft.prefix.dropout", Text(peft.Prefix.Dropout.GetValueOrDefault())),
        ],
        _ => [],
    };

    private static IEnumerable<(string Key, string Value)> Of(OptimizerSettings optimizer) =>
    [
        ("optimizer.name", Text(optimizer.Name)),
        ("optimizer.learning_rate", Text(optimizer.LearningRate.GetValueOrDefault())),
        ("optimizer.beta1", Text(optimizer.Beta1)),
        ("optimizer.beta2", Text(optimizer.Beta2)),
        ("optimizer.epsilon", Text(optimizer.Epsilon)),
        ("optimizer.weight_decay", Text(optimizer.WeightDecay)),
        ("optimizer.schedule", Text(optimizer.Schedule)),
        ("optimizer.warmup_steps", Text(optimizer.WarmupSteps)),
        ("optimizer.warmup_ratio", Text(optimizer.WarmupRatio)),
        ("optimizer.schedule_cycles", optimizer.ScheduleCycles is { } cycles ? Text(cycles) : "auto"),
        ("optimizer.schedule_power", Text(optimizer.SchedulePower)),
        ("optimizer.schedule_end_rate", Text(optimizer.ScheduleEndRate)),
        ("optimizer.clip_norm", Text(optimizer.ClipNorm)),
    ];

    private static string Sorted(IEnumerable<string> names) => string.Join(", ", names.Order(StringComparer.Ordinal));

    /// <summary>In their order, which decides between patterns that match the same name.</summary>
    private static string Text<T>(IReadOnlyDictionary<string, T> patterns)
        where T : notnull => patterns.Count == 0 ? "none" : string.Join(", ", patterns.Select(pair => $"{pair.Key}: {Text(pair.Value)}"));

    /// <summary>The text of a value as in a configuration file.</summary>
    private static string Text<T>(T value) where T : notnull => value switch
    {
        Enum => ConfigKeys.Words(typeof(T)).First(word => word.Value.Equals(value)).Word,
        bool flag => flag ? "true" : "false",
        _ => string.Create(CultureInfo.InvariantCulture, $"{value}"),
    };
}
