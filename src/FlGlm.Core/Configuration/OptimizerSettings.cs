namespace FlGlm.Core.Configuration;

/// <summary>The optimizer both sides run, each over its own parameters.</summary>
public sealed record OptimizerSettings : IValidated
{
    /// <summary>Adam, AdamW or SGD, as in torch.optim.</summary>
    public OptimizerName Name { get; init; } = OptimizerName.Adam;

    /// <summary>
    /// Learning rate. <c>auto</c> depends on <c>peft.method</c>: 2e-2 for P-tuning v2 (paper, section 4.1.4), 1e-3 for LoRA (PEFT's examples),
    /// 2e-5 for full fine-tuning (usual for Llama-2).
    /// </summary>
    public double? LearningRate { get; init; }

    /// <summary>Adam's decay of the mean of gradients per step. 0.9 as in PyTorch.</summary>
    public double Beta1 { get; init; } = 0.9;

    /// <summary>Adam's decay of the mean of squared gradients per step. 0.999 as in PyTorch.</summary>
    public double Beta2 { get; init; } = 0.999;

    /// <summary>Added to the divisor of Adam's update. 1e-8 as in PyTorch.</summary>
    public double Epsilon { get; init; } = 1e-8;

    /// <summary>How much of its last update SGD adds to the next; 0 as in PyTorch.</summary>
    public double Momentum { get; init; }

    /// <summary>Weight decay; 0 = none, the default of PyTorch's Adam (its AdamW has 0.01).</summary>
    public double WeightDecay { get; init; }

    /// <summary>The curve of the rate after the warm-up. Constant; Hugging Face's Trainer has linear.</summary>
    public LearningRateSchedule Schedule { get; init; } = LearningRateSchedule.Constant;

    /// <summary>Steps over which the rate rises linearly from 0. The paper uses none.</summary>
    public int WarmupSteps { get; init; }

    /// <summary>The same as a share of the optimizer's own steps, rounded up; 0 = <see cref="WarmupSteps"/>.</summary>
    public double WarmupRatio { get; init; }

    /// <summary>Waves of a cosine, half a wave by default; restarts of a cosine with restarts, one by default (Hugging Face's num_cycles).</summary>
    public double? ScheduleCycles { get; init; }

    /// <summary>The power of a polynomial; Hugging Face's default.</summary>
    public double SchedulePower { get; init; } = 1;

    /// <summary>The rate at which a polynomial ends; Hugging Face's lr_end.</summary>
    public double ScheduleEndRate { get; init; } = 1e-7;

    /// <summary>Largest L2 norm of a side's gradient (client: head and tail jointly; server: middle); 0 = no clipping.</summary>
    public double ClipNorm { get; init; }

    /// <inheritdoc/>
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
        if (!(Momentum >= 0 && Momentum < 1))
            yield return new Problem("momentum", $"{Momentum} is out of range; 0 up to, not including, 1.");
        if (Momentum > 0 && Name != OptimizerName.Sgd)
            yield return new Problem("momentum", $"{Momentum} is SGD's, and the optimizer is another; set optimizer.name: sgd, or leave it out.");
        if (!(WeightDecay >= 0))
            yield return new Problem("weight_decay", $"{WeightDecay} is out of range; 0 or more.");
        if (WarmupSteps < 0)
            yield return new Problem("warmup_steps", $"{WarmupSteps} is out of range; 0 or more.");
        if (!(WarmupRatio >= 0 && WarmupRatio < 1))
            yield return new Problem("warmup_ratio", $"{WarmupRatio} is no share; 0 up to, not including, 1.");
        if (WarmupRatio > 0 && WarmupSteps > 0)
            yield return new Problem("warmup_ratio", $"{WarmupRatio} and warmup_steps: {WarmupSteps} say two things; set one of them.");
        if (ScheduleCycles is not (null or > 0))
            yield return new Problem("schedule_cycles", $"{ScheduleCycles} is no number of waves; more than 0.");
        if (!(SchedulePower > 0))
            yield return new Problem("schedule_power", $"{SchedulePower} is out of range; more than 0.");
        if (!(ScheduleEndRate >= 0))
            yield return new Problem("schedule_end_rate", $"{ScheduleEndRate} is no rate; 0 or more.");
        if (Schedule == LearningRateSchedule.Polynomial && LearningRate <= ScheduleEndRate)
            yield return new Problem("schedule_end_rate", $"{ScheduleEndRate} is not less than learning_rate {LearningRate}, from which it falls.");
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
