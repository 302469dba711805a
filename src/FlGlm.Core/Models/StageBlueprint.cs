using FlGlm.Core.Configuration;
using static TorchSharp.torch;

namespace FlGlm.Core.Models;

/// <summary>The common inputs to build any stage of a run; only the weights differ.</summary>
public sealed record StageBlueprint
{
    /// <summary>The architecture and its sizes.</summary>
    public required ModelFamily Family { get; init; }

    /// <summary>Which blocks each stage has.</summary>
    public required SplitPlan Split { get; init; }

    /// <summary>What trains.</summary>
    public required PeftSettings Peft { get; init; }

    /// <summary>The run's seed, from which the seeds of initial values (by name) and of dropout (by stage) are derived.</summary>
    public required long Seed { get; init; }

    /// <summary>Where the stages compute.</summary>
    public required Device Device { get; init; }

    /// <summary>The dtype of base weights, hidden states and their gradients.</summary>
    public required ScalarType Dtype { get; init; }

    /// <summary>Dropout on attention probabilities in training.</summary>
    public double AttentionDropout { get; init; }

    /// <summary>LoRA's A stays as initialised, so that only B trains (<c>training.average_lora: exact</c>).</summary>
    public bool FreezesLoraA { get; init; }

    /// <summary>Scores, softmax and product as three operations instead of one kernel: what the benchmarks compare with.</summary>
    internal bool AttentionStepByStep { get; init; }

    /// <summary>The inputs that follow from a plan, for one device.</summary>
    public static StageBlueprint Create(RunPlan plan, ModelFamily family, Device device) => new()
    {
        Family = family,
        Split = new SplitPlan(family.Shape.Blocks, plan.Split),
        Peft = plan.Peft,
        Seed = plan.Training.Seed,
        Device = device,
        Dtype = plan.Precision == ElementPrecision.BFloat16 ? bfloat16 : float32,
        FreezesLoraA = plan.Training.AverageLora == AverageLora.Exact,
        AttentionDropout = plan.Training.AttentionDropout ?? family.Shape.AttentionDropout,
    };
}
