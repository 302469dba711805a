using TorchSharp.Interop;
using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>Stochastic gradient descent, with momentum if asked for.</summary>
public partial class SGD : OptimizerHelper, optim.IMomentum
{
    private readonly Options _own;

    public SGD(
        IEnumerable<Parameter> parameters, double lr, double momentum = 0, double dampening = 0, double weight_decay = 0,
        bool nesterov = false, bool maximize = false)
    {
        _own = new Options
        {
            LearningRate = lr, momentum = momentum, dampening = dampening, weight_decay = weight_decay, nesterov = nesterov,
            maximize = maximize,
        };
        add_param_group(new ParamGroup<Options>(parameters));
    }

    /// <summary>The default of groups to come; that of a group is in the group.</summary>
    public double Momentum
    {
        get => _own.momentum!.Value;
        set => _own.momentum = value;
    }

    public override Tensor? step(Func<Tensor>? closure = null) => Step<ParamGroup<Options>>(closure, Change);

    public override void add_param_group(Modules.ParamGroup param_group)
    {
        var group = (ParamGroup<Options>)param_group;
        (group.Options ??= new Options()).FillFrom(_own);
        Add(group, parameter => new State(parameter));
    }

    private void Change(ParamGroup<Options> group, Parameter parameter, Tensor gradient)
    {
        var options = group.Options!;
        var state = (State)StateOf(parameter);
        var first = options.momentum != 0 && state.momentum_buffer is null;
        if (first) state.momentum_buffer = zeros_like(parameter).DetachFromDisposeScope();
        Native.sh_sgd_step(
            parameter, gradient, state.momentum_buffer, first, group.LearningRate, options.momentum!.Value, options.dampening!.Value,
            options.weight_decay!.Value, options.nesterov!.Value, options.maximize!.Value);
    }
}
