using FlGlm.Core.Configuration;
using FlGlm.Core.Peft;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.optim;

namespace FlGlm.Core.Splitting;

/// <summary>
/// One side's optimizer with its clipping and schedule: the client's over head and tail jointly, the server's over the middle.
/// Steps are counted per optimizer, so a serial server's schedule spans all its clients.
/// </summary>
public sealed class StageOptimizer : IDisposable
{
    private readonly OptimizerSettings _settings;
    private readonly IReadOnlyList<NamedParameter> _named;
    private readonly MasterWeights _masters;
    private readonly IReadOnlyList<Parameter> _stepped;
    private OptimizerHelper? _optimizer;

    /// <param name="parameters">a tensor that two stages share must be listed once; those without <c>requires_grad</c> are left as they are</param>
    /// <param name="settings">with a learning rate (<see cref="OptimizerSettings.For"/>)</param>
    /// <param name="totalSteps">steps this optimizer will take in the whole run</param>
    public StageOptimizer(IEnumerable<NamedParameter> parameters, OptimizerSettings settings, long totalSteps)
    {
        (_settings, TotalSteps) = (settings, totalSteps);
        BaseRate = settings.LearningRate ?? throw new ArgumentException("no learning rate; OptimizerSettings.For sets the method's default", nameof(settings));
        _named = [.. parameters.Where(parameter => parameter.Value.requires_grad)];
        _masters = new MasterWeights(_named);
        _stepped = _masters.Stepped;
        if (_stepped.Count > 0)
            _optimizer = Create(_stepped, settings, BaseRate);
    }

    /// <summary>Steps this optimizer will take in the whole run, which a schedule needs to know.</summary>
    public long TotalSteps { get; set; }

    /// <summary>Steps taken.</summary>
    public long Steps { get; private set; }

    /// <summary>The rate of the next step.</summary>
    public double LearningRate => BaseRate * LearningRateCurve.Factor(_settings, Steps, TotalSteps);

    private double BaseRate { get; }

    /// <summary>
    /// Checks the gradients before a step: one that is NaN or infinite, or whose square is, would damage Adam's moments permanently. In that
    /// case all gradients are dropped.
    /// </summary>
    /// <exception cref="NotFiniteException">There is such a gradient.</exception>
    public void ExpectFinite()
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var withGradient = _named.Select(parameter => (parameter.Name, Gradient: parameter.Value.grad)).Where(parameter => parameter.Gradient is not null).ToList();
        if (withGradient.Count == 0)
            return;
        var norms = stack(withGradient.Select(parameter => parameter.Gradient!.norm().to(float32)));
        if (float.IsFinite(norms.norm().item<float>()))
            return;
        ClearGradients();
        var worst = withGradient[(int)norms.argmax().item<long>()];
        throw new NotFiniteException($"The gradient of '{worst.Name}' is not finite, so optimizer step {Steps + 1} is not taken.");
    }

    /// <summary>Clips, steps, clears the gradients.</summary>
    public void Step()
    {
        if (_optimizer is not null)
        {
            using var scope = NewDisposeScope();
            _masters.TakeGradients();
            if (_settings.ClipNorm > 0)
                nn.utils.clip_grad_norm_(_stepped, _settings.ClipNorm);
            foreach (var group in _optimizer.ParamGroups)
                group.LearningRate = LearningRate;
            _optimizer.step();
            _optimizer.zero_grad();
            _masters.RoundInto();
        }

        Steps++;
    }

    /// <summary>Drops the gradients that a failed backward has left.</summary>
    public void ClearGradients()
    {
        using var scope = NewDisposeScope();
        foreach (var parameter in _named)
            parameter.Value.grad = null;
    }

    /// <summary>The moments begin again from 0, and so does the count of steps that corrects them; <see cref="Steps"/> goes on.</summary>
    public void ResetMoments()
    {
        if (_optimizer is null)
            return;
        _optimizer.Dispose();
        _optimizer = Create(_stepped, _settings, BaseRate);
    }

    /// <summary>How far it is.</summary>
    internal OptimizerSteps Counts => new(Steps, _optimizer is null ? 0 : OptimizerMoments.Steps(_optimizer));

    /// <summary>The float32 copies of bfloat16 parameters, named after them; they stay the optimizer's.</summary>
    internal IEnumerable<NamedParameter> Masters =>
        from pair in _named.Zip(_stepped)
        where !ReferenceEquals(pair.First.Value, pair.Second)
        select new NamedParameter(pair.First.Name, pair.Second);

    /// <summary>Bytes of all moments, also of those that begin with the first step.</summary>
    internal long MomentBytes => OptimizerMoments.Names(_settings).Count * _stepped.Sum(parameter => parameter.numel() * parameter.element_size());

    /// <summary>Begins anew at a number of steps, with moments that a checkpoint will fill, and without gradients.</summary>
    internal void Begin(OptimizerSteps steps)
    {
        ClearGradients();
        ResetMoments();
        Steps = steps.Taken;
        if (_optimizer is not null)
            OptimizerMoments.SetSteps(_optimizer, _stepped, _settings, steps.OfMoments);
    }

    /// <summary>The moments, in the optimizer's memory, named after their parameters; the caller disposes them.</summary>
    internal IReadOnlyList<NamedParameter> OpenMoments() =>
        _optimizer is null ? [] : OptimizerMoments.Open(_optimizer, _settings, _named.Select(parameter => parameter.Name));

    /// <summary>Frees the moments and the float32 copies; the parameters belong to their stage.</summary>
    public void Dispose()
    {
        _optimizer?.Dispose();
        _masters.Dispose();
    }

    private static OptimizerHelper Create(IReadOnlyList<Parameter> parameters, OptimizerSettings s, double rate) => s.Name switch
    {
        OptimizerName.AdamW => AdamW(parameters, rate, s.Beta1, s.Beta2, s.Epsilon, s.WeightDecay),
        OptimizerName.Sgd => SGD(parameters, rate, s.Momentum, weight_decay: s.WeightDecay),
        _ => Adam(parameters, rate, s.Beta1, s.Beta2, s.Epsilon, s.WeightDecay),
    };
}
