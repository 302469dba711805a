using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>What every optimizer here has: a group of parameters, a state per parameter, a step.</summary>
public abstract class OptimizerHelper : optim.Optimizer
{
    private readonly Dictionary<Parameter, OptimizerState> _states = new(ReferenceEqualityComparer.Instance);

    public OptimizerHelper()
    {
    }

    public override IEnumerable<Parameter> parameters() => Groups.SelectMany(group => group.Parameters);

    public override void zero_grad()
    {
        foreach (var parameter in parameters())
        {
            using var gradient = parameter.grad;
            gradient?.zero_();
        }
    }

    /// <summary>The options and states themselves, in the order of the parameters.</summary>
    public virtual optim.Optimizer.StateDictionary state_dict() =>
        new(Groups.Select(group => group.Options), parameters().Select(parameter => _states[parameter]));

    /// <summary>Moves all states to the device.</summary>
    public void to(Device device)
    {
        foreach (var state in _states.Values) state.to(device);
    }

    private protected void Add(IEnumerable<Parameter> parameters, OptimizerOptions options, Func<Parameter, OptimizerState> newState)
    {
        options.InitialLearningRate = options.LearningRate!.Value;
        var group = new ParamGroup { Parameters = [.. parameters], Options = options };
        Groups.Add(group);
        foreach (var parameter in group.Parameters)
        {
            var state = newState(parameter);
            state.Initialize(options);
            _states.Add(parameter, state);
        }
    }

    /// <summary>Computes the loss if there is a closure, then changes every parameter that has a gradient.</summary>
    private protected Tensor? Step<TOptions, TState>(Func<Tensor>? closure, Action<TOptions, TState, Parameter, Tensor> change)
        where TOptions : OptimizerOptions
        where TState : OptimizerState
    {
        Tensor? loss = null;
        if (closure is not null)
        {
            using var recording = enable_grad();
            loss = closure();
        }

        foreach (var group in Groups)
        {
            foreach (var parameter in group.Parameters)
            {
                using var gradient = parameter.grad;
                if (gradient is not null) change((TOptions)group.Options, (TState)_states[parameter], parameter, gradient);
            }
        }

        return loss;
    }

    private protected override void DisposeStates()
    {
        foreach (var state in _states.Values) (state as IDisposable)?.Dispose();
    }
}
