using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>What every optimizer here has: groups of parameters, a state per parameter, a step.</summary>
public abstract class OptimizerHelper : optim.Optimizer
{
    private readonly Dictionary<nint, OptimizerState> _states = [];

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

    public virtual optim.Optimizer.StateDictionary state_dict() =>
        new(Groups.Select(group => group.Options!), parameters().Select(parameter => _states[parameter.Handle]));

    /// <summary>Moves all states to the device.</summary>
    public void to(Device device)
    {
        foreach (var state in _states.Values) state.to(device);
    }

    private protected OptimizerState StateOf(Parameter parameter) => _states[parameter.Handle];

    private protected void Add(ParamGroup group, Func<Parameter, OptimizerState> newState)
    {
        group.InitialLearningRate = group.LearningRate;
        Groups.Add(group);
        foreach (var parameter in group.Parameters)
        {
            var state = newState(parameter);
            state.Initialize(group.Options!);
            _states.Add(parameter.Handle, state);
        }
    }

    private protected Tensor? Step<TGroup>(Func<Tensor>? closure, Action<TGroup, Parameter, Tensor> change)
        where TGroup : ParamGroup
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
                if (gradient is not null) change((TGroup)group, parameter, gradient);
            }
        }

        return loss;
    }

    private protected override void DisposeStates()
    {
        foreach (var state in _states.Values) (state as IDisposable)?.Dispose();
    }
}
