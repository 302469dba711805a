using FlGlm.Core.Configuration;

namespace FlGlm.Core.Planning;

/// <summary>The optimizer both sides run, each over its own parameters.</summary>
public sealed record OptimizerSettings : IValidated
{
    public OptimizerName Name { get; init; } = OptimizerName.Adam;

    /// <summary>
    /// Learning rate. <c>auto</c> depends on <c>peft.method</c>: 2e-2 for P-tuning v2 (paper, section 4.1.4), 1e-3 for LoRA (PEFT's examples),
    /// 2e-5 for full fine-tuning (usual for Llama-2).
    /// </summary>
    public double? LearningRate { get; init; }

    public double Beta1 { get; init; } = 0.9;

    public double Beta2 { get; init; } = 0.999;

    public double Epsilon { get; init; } = 1e-8;

    public double WeightDecay { get; init; }

    public LearningRateSchedule Schedule { get; init; } = LearningRateSchedule.Constant;

    /// <summary>Steps over which the rate rises linearly from 0. The paper uses none.</summary>
    public int WarmupSteps { get; init; }

    /// <summary>Largest L2 norm of a side's gradient (client: head and tail jointly; server: middle); 0 = no clipping.</summary>
    public double ClipNorm { get; init; }

    public IEnumerable<Problem> Validate()
    {
        if (LearningRate is not (null or > 0))
            yield return new Problem("learning_rate", $"{LearningRate} trains nothing; more than 0.");
        if (!(Beta1 >= 0 && Beta1 < 1))
            yield return new Problem("beta1", $"{Beta1} is out of range; 0 up to, not including, 1.");
        if (!(Beta2 >= 0 && Beta2 < 1))
            yield return new Problem("beta2", $"{Beta2} is out of range; 0 up to, not including, 1.");
        if (!(Epsilon > 0))
            yield return new Problem("epsilon", $"{Epsilon} is out of range; more than 0.");
        if (!(WeightDecay >= 0))
            yield return new Problem("weight_decay", $"{WeightDecay} is out of range; 0 or more.");
        if (WarmupSteps < 0)
            yield return new Problem("warmup_steps", $"{WarmupSteps} is out of range; 0 or more.");
        if (!(ClipNorm >= 0))
            yield return new Problem("clip_norm", $"{ClipNorm} is out of range; a norm, or 0 for no clipping.");
    }

    /// <summary>The same with the method's own learning rate where none is set.</summary>
    public OptimizerSettings For(PeftMethod method) => this with
    {
        LearningRate = LearningRate ?? method switch
        {
            PeftMethod.PTuningV2 => 2e-2,
            PeftMethod.Lora => 1e-3,
            _ => 2e-5,
        },
    };
}
