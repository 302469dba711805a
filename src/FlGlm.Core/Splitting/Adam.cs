using FlGlm.Core.Compute;
using FlGlm.Core.Configuration;
using TorchSharp;
using TorchSharp.Modules;

namespace FlGlm.Core.Splitting;

/// <summary>torch.optim's Adam, and its AdamW, which differs in how weights decay.</summary>
/// <param name="decouplesDecay">true: the weights shrink before the step (AdamW); false: their decay is added to the gradient (Adam)</param>
internal sealed class Adam(IReadOnlyList<Parameter> parameters, OptimizerSettings settings, bool decouplesDecay) : ParameterOptimizer(parameters, MomentNames)
{
    public static readonly IReadOnlyList<string> MomentNames = ["exp_avg", "exp_avg_sq"];

    protected override void Move(double rate, long step)
    {
        using Scalar decay = settings.WeightDecay;
        using Scalar shrink = 1 - (rate * settings.WeightDecay);
        using Scalar keptMean = settings.Beta1;
        using Scalar addedMean = 1 - settings.Beta1;
        using Scalar keptSquare = settings.Beta2;
        using Scalar addedSquare = 1 - settings.Beta2;
        using Scalar rootCorrection = Math.Sqrt(1 - Math.Pow(settings.Beta2, step));
        using Scalar epsilon = settings.Epsilon;
        using Scalar stepSize = -(rate / (1 - Math.Pow(settings.Beta1, step)));
        foreach (var (parameter, gradient, moments) in WithGradient())
        {
            var (mean, square) = (moments[0], moments[1]);
            var decayed = gradient;
            if (settings.WeightDecay != 0 && decouplesDecay)
                parameter.mul_(shrink);
            else if (settings.WeightDecay != 0)
                decayed = gradient.add(parameter, decay);
            mean.mul_(keptMean).add_(decayed, addedMean);
            square.mul_(keptSquare).addcmul_(decayed, decayed, addedSquare);
            parameter.addcdiv_(mean, square.sqrt().div_(rootCorrection).add_(epsilon, TensorMath.One), stepSize);
        }
    }
}
