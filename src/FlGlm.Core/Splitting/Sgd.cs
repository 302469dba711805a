using FlGlm.Core.Configuration;
using TorchSharp;
using TorchSharp.Modules;

namespace FlGlm.Core.Splitting;

/// <summary>torch.optim's SGD with momentum and weight decay, without dampening.</summary>
internal sealed class Sgd(IReadOnlyList<Parameter> parameters, OptimizerSettings settings) : ParameterOptimizer(parameters, MomentNames(settings))
{
    public static IReadOnlyList<string> MomentNames(OptimizerSettings settings) => settings.Momentum > 0 ? ["momentum_buffer"] : [];

    protected override void Move(double rate, long step)
    {
        using Scalar decay = settings.WeightDecay;
        using Scalar momentum = settings.Momentum;
        using Scalar whole = 1.0;
        using Scalar stepSize = -rate;
        foreach (var (parameter, gradient, moments) in WithGradient())
        {
            var update = settings.WeightDecay != 0 ? gradient.add(parameter, decay) : gradient;
            if (moments is [var buffer])
                update = step == 1 ? buffer.copy_(update) : buffer.mul_(momentum).add_(update, whole);
            parameter.add_(update, stepSize);
        }
    }
}
