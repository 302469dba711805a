using FlGlm.Client.Evaluation;
using FlGlm.Core.Peft;

namespace FlGlm.Client.Training;

/// <summary>Which step of a run validates best, what was trained then, and whether training has gone on long enough without a better one.</summary>
/// <param name="patience">validations in a row without a better one; 0 = any number</param>
internal sealed class BestStep(int patience) : IDisposable
{
    private const string Loss = "loss";

    /// <summary>Null before the first validation.</summary>
    public BestState? State { get; private set; }

    /// <summary>The trained values of this process as they were then; null before the first validation.</summary>
    public ParameterSet? Values { get; private set; }

    /// <summary>Whether no further step is to be taken.</summary>
    public bool HasEnough => patience > 0 && State is { } state && state.Waited >= patience;

    /// <summary>Takes the next validation.</summary>
    /// <returns>whether it is the best; then <see cref="Keep"/> follows</returns>
    public bool Add(int step, ValidationResult result)
    {
        var (criterion, value) = result.Metrics is [var metric, ..] ? (metric.Name, metric.Value) : (Loss, result.Loss);
        var isBest = State is null || (criterion == Loss ? value < State.Value : value > State.Value);
        State = isBest ? new BestState(step, criterion, value, Waited: 0) : State! with { Waited = State.Waited + 1 };
        return isBest;
    }

    /// <summary>Keeps what is trained; called on the compute lane.</summary>
    public void Keep(IEnumerable<NamedParameter> parameters) => Take(ParameterSet.CopyOf(parameters));

    /// <summary>Takes a checkpoint up; called on the compute lane.</summary>
    /// <param name="values">from now on owned by this object; null = none</param>
    public void Restore(BestState? state, ParameterSet? values)
    {
        State = state;
        Take(values);
    }

    public void Dispose() => Take(null);

    private void Take(ParameterSet? values)
    {
        Values?.Dispose();
        Values = values;
    }
}
