using FlGlm.Core.Models;
using FlGlm.Core.Planning;
using FlGlm.Core.Wire;
using FlGlm.Core.Wire.Messages;

namespace FlGlm.Server.Sessions;

/// <summary>What a client may ask for: passes in order, no more steps or rows than the plan gives, no longer rows than the model takes.</summary>
internal sealed class PassRules(RunPlan plan, ModelFamily family)
{
    private long _lastPass;
    private int _stepsBegun;

    public void BeginTurn() => _stepsBegun = 0;

    /// <exception cref="ProtocolException">The pass breaks a rule.</exception>
    public SequenceLayout Check(Pass pass)
    {
        if (pass.Step != _lastPass + 1)
            throw new ProtocolException(FaultCode.WrongStep, $"Pass {pass.Step} came where {_lastPass + 1} was due.");
        if (pass.Lengths.Count < 1 || pass.Lengths.Count > plan.Training.BatchSize)
            throw WrongShape($"{pass.Lengths.Count} rows came; the plan gives 1 to {plan.Training.BatchSize} (training.batch_size)");
        foreach (var length in pass.Lengths.Where(length => length < 1 || length > family.Shape.MaxPositions))
            throw WrongShape($"a row of {length} tokens came; this model takes 1 to {family.Shape.MaxPositions}");
        var contexts = Contexts(pass);
        if (!pass.Evaluate && ++_stepsBegun > plan.Training.Steps)
            throw new ProtocolException(FaultCode.WrongStep, $"A turn has {plan.Training.Steps} steps (training.steps); one more was asked for.");
        _lastPass++;
        return new SequenceLayout([.. pass.Lengths]) { Contexts = contexts };
    }

    /// <summary>Contexts come for every row or for none, as the family has them, and lie within their rows.</summary>
    private RowContext[]? Contexts(Pass pass)
    {
        var due = family.Marks is null ? 0 : pass.Lengths.Count;
        if (pass.ContextLengths.Count != due || pass.MaskPositions.Count != due)
            throw WrongShape($"{pass.ContextLengths.Count} context lengths and {pass.MaskPositions.Count} mask positions came; {due} of each were due");
        RowContext[] contexts = [.. pass.ContextLengths.Zip(pass.MaskPositions, (length, position) => new RowContext(length, position))];
        foreach (var (context, length) in contexts.Zip(pass.Lengths))
        {
            if (context.Length < 0 || context.Length >= length || context.MaskPosition < 0 || context.MaskPosition >= length)
                throw WrongShape($"a context of {context.Length} tokens with the mask at {context.MaskPosition} came for a row of {length} tokens");
        }

        return due == 0 ? null : contexts;
    }

    private static ProtocolException WrongShape(string what) => new(FaultCode.WrongShape, $"A pass does not fit the plan: {what}.");
}
