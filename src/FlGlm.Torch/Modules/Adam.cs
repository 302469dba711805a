using TorchSharp.Interop;
using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>Adam (Kingma and Ba, 2015); weight decay joins the gradient. The same operations in the same order as PyTorch's.</summary>
public partial class Adam : OptimizerHelper, optim.IBetas
{
    private readonly Options _own;

    public Adam(
        IEnumerable<Parameter> parameters, double lr = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8,
        double weight_decay = 0, bool amsgrad = false, bool maximize = false)
        : this([new ParamGroup { Parameters = [.. parameters] }], lr, beta1, beta2, eps, weight_decay, amsgrad, maximize)
    {
    }

    public Adam(
        IEnumerable<ParamGroup> parameters, double lr = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8,
        double weight_decay = 0, bool amsgrad = false, bool maximize = false)
    {
        _own = new Options
        {
            LearningRate = lr, beta1 = beta1, beta2 = beta2, eps = eps, weight_decay = weight_decay, amsgrad = amsgrad, maximize = maximize,
        };
        foreach (var group in parameters) add_param_group(group);
    }

    /// <summary>The defaults of groups to come; those of a group are in the group.</summary>
    public (double, double) Betas
    {
        get => (_own.beta1!.Value, _own.beta2!.Value);
        set => (_own.beta1, _own.beta2) = value;
    }

    public override Tensor? step(Func<Tensor>? closure = null) => Step<ParamGroup>(closure, Change);

    public override void add_param_group(Modules.ParamGroup param_group)
    {
        var group = (ParamGroup)param_group;
        (group.Options ??= new Options()).FillFrom(_own);
        Add(group, parameter => new State(parameter));
    }

    private void Change(ParamGroup group, Parameter parameter, Tensor gradient)
    {
        var options = group.Options!;
        var state = (State)StateOf(parameter);
        state.step++;
        Native.sh_adam_step(
            parameter, gradient, state.exp_avg, state.exp_avg_sq, state.max_exp_avg_sq, state.step, group.LearningRate,
            options.beta1!.Value, options.beta2!.Value, options.eps!.Value, options.weight_decay!.Value, decoupled: false,
            options.maximize!.Value);
    }
}
