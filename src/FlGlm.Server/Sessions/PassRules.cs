using FlGlm.Core.Configuration;
using FlGlm.Core.Models;
using FlGlm.Core.Splitting;
using FlGlm.Core.Wire.Messages;

namespace FlGlm.Server.Sessions;

/// <summary>Checks a client's requests in its turn: passes in order, no more steps or rows than the plan has.</summary>
internal sealed class PassRules(RunPlan plan, ModelFamily family)
{
    private readonly PassOrder _order = new();
    private int _allowed;
    private long _targets;

    /// <summary>Steps taken in this turn.</summary>
    public int Steps { get; private set; }

    /// <param name="steps">the steps of the turn</param>
    /// <param name="taken">and those of them that are taken already</param>
    public void BeginTurn(int steps, int taken) => (Steps, _allowed, _targets) = (taken, steps, 0);

    /// <summary>Whether a pass has been requested already.</summary>
    public bool HasSeen(long pass) => _order.HasSeen(pass);

    /// <summary>A pass without rows of its own to check.</summary>
    /// <exception cref="ProtocolException">Another is next.</exception>
    public void Take(long pass)
    {
        _order.Expect(pass);
        _order.Take();
    }

    public void EndStep() => (Steps, _targets) = (Steps + 1, 0);

    /// <summary>The step in the making is given up.</summary>
    public void DropStep() => _targets = 0;

    /// <exception cref="ProtocolException">Its judged positions are not what the plan asks for.</exception>
    public StepTerms Check(PassGradient gradient)
    {
        PassTrace.Expect(gradient.TraceId);
        var most = (long)plan.Training.RowsPerStep * family.Shape.MaxPositions;
        if (plan.SendsTargets ? gradient.Targets < 1 || gradient.Targets > most : gradient.Targets != 0)
            throw new ProtocolException(FaultCode.Malformed, $"A gradient came with {gradient.Targets} judged positions; the plan takes {(plan.SendsTargets ? $"1 to {most}" : "none")}.");
        if (_targets > 0 && gradient.Targets != _targets)
            throw new ProtocolException(FaultCode.Malformed, $"A gradient came with {gradient.Targets} judged positions, another of the same step with {_targets}.");
        _targets = gradient.Targets;
        return new StepTerms(gradient.Accumulate, gradient.Targets);
    }

    /// <exception cref="ProtocolException">The pass breaks a rule.</exception>
    public SequenceLayout Check(Pass pass)
    {
        _order.Expect(pass.Step);
        PassTrace.Expect(pass.TraceId);
        if (pass.Lengths.Count > plan.Training.BatchSize)
            throw PassLayout.Wrong($"{pass.Lengths.Count} rows came; the plan allows 1 to {plan.Training.BatchSize} (training.batch_size)");
        var layout = PassLayout.Read(pass, family);
        if (!pass.Evaluate && Steps == _allowed)
            throw new ProtocolException(FaultCode.WrongStep, $"A turn has {_allowed} steps ({(plan.Training.Epochs > 0 ? "training.epochs" : "training.steps")}); one more was requested.");
        _order.Take();
        return layout;
    }
}
