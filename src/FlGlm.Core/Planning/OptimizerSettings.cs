using FlGlm.Core.Configuration;

namespace FlGlm.Core.Planning;

/// <summary>The optimizer both sides run, each over its own parameters.</summary>
public sealed record OptimizerSettings : IValidated
{
    public OptimizerName Name { get; init; } = OptimizerName.Adam;

    /// <summary>Learning rate. 2e-2 as in the paper, section 4.1.4 (P-tuning v2); LoRA wants about 1e-3, full fine-tuning less.</summary>
    public double LearningRate { get; init; } = 2e-2;

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
        if (!(LearningRate > 0))
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
}
