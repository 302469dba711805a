using TorchSharp.Interop;
using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>AdamW (Loshchilov and Hutter, 2019); weight decay shrinks the parameter first. The same operations in the same order as PyTorch's.</summary>
public partial class AdamW : OptimizerHelper
{
    public AdamW(
        IEnumerable<Parameter> parameters, double lr = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8,
        double weight_decay = 0, bool amsgrad = false, bool maximize = false)
    {
        var options = new Options
        {
            LearningRate = lr, beta1 = beta1, beta2 = beta2, eps = eps, weight_decay = weight_decay, amsgrad = amsgrad, maximize = maximize,
        };
        Add(parameters, options, parameter => new State(parameter));
    }

    public override Tensor? step(Func<Tensor>? closure = null) => Step<Options, State>(closure, Change);

    private static void Change(Options options, State state, Parameter parameter, Tensor gradient)
    {
        state.step++;
        Native.sh_adam_step(
            parameter, gradient, state.exp_avg, state.exp_avg_sq, state.max_exp_avg_sq, state.step, options.LearningRate!.Value,
            options.beta1!.Value, options.beta2!.Value, options.eps!.Value, options.weight_decay!.Value, decoupled: true,
            options.maximize!.Value);
    }
}
