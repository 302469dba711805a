using TorchSharp.Interop;
using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>Stochastic gradient descent, with momentum if asked for.</summary>
public partial class SGD : OptimizerHelper
{
    public SGD(
        IEnumerable<Parameter> parameters, double lr, double momentum = 0, double dampening = 0, double weight_decay = 0,
        bool nesterov = false, bool maximize = false)
    {
        var options = new Options
        {
            LearningRate = lr, momentum = momentum, dampening = dampening, weight_decay = weight_decay, nesterov = nesterov,
            maximize = maximize,
        };
        Add(parameters, options, parameter => new State(parameter));
    }

    public override Tensor? step(Func<Tensor>? closure = null) => Step<Options, State>(closure, Change);

    private static void Change(Options options, State state, Parameter parameter, Tensor gradient)
    {
        var first = options.momentum != 0 && state.momentum_buffer is null;
        if (first) state.momentum_buffer = zeros_like(parameter).DetachFromDisposeScope();
        Native.sh_sgd_step(
            parameter, gradient, state.momentum_buffer, first, options.LearningRate!.Value, options.momentum!.Value,
            options.dampening!.Value, options.weight_decay!.Value, options.nesterov!.Value, options.maximize!.Value);
    }
}
