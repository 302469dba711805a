using FlGlm.Core.Configuration;
using FlGlm.Core.Peft;
using FlGlm.Core.Planning;
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
    private readonly long _totalSteps;
    private readonly IReadOnlyList<NamedParameter> _named;
    private readonly IReadOnlyList<Parameter> _parameters;
    private readonly OptimizerHelper? _optimizer;

    /// <param name="parameters">a tensor that two stages share stands here once</param>
    /// <param name="totalSteps">steps this optimizer will take in the whole run</param>
    public StageOptimizer(IEnumerable<NamedParameter> parameters, OptimizerSettings settings, long totalSteps)
    {
        (_settings, _totalSteps) = (settings, totalSteps);
        _named = [.. parameters];
        _parameters = [.. _named.Select(parameter => parameter.Value)];
        if (_parameters.Count > 0)
            _optimizer = Create(_parameters, settings);
    }

    /// <summary>Steps taken.</summary>
    public long Steps { get; private set; }

    /// <summary>The rate of the next step.</summary>
    public double LearningRate => _settings.LearningRate * ScheduleFactor();

    /// <summary>
    /// Looks at the gradients before a step: one that is NaN or infinite, or whose square is, would spoil Adam's moments for good. Then
    /// all of them are dropped.
    /// </summary>
    /// <exception cref="NotFiniteException">There is such a gradient.</exception>
    public void ExpectFinite()
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var walked = _named.Select(parameter => (parameter.Name, Gradient: parameter.Value.grad)).Where(parameter => parameter.Gradient is not null).ToList();
        if (walked.Count == 0)
            return;
        var norms = stack(walked.Select(parameter => parameter.Gradient!.norm().to(float32)));
        if (float.IsFinite(norms.norm().item<float>()))
            return;
        ClearGradients();
        var worst = walked[(int)norms.argmax().item<long>()];
        throw new NotFiniteException($"The gradient of '{worst.Name}' is not finite, so optimizer step {Steps + 1} is not taken.");
    }

    /// <summary>Clips, steps, clears the gradients.</summary>
    public void Step()
    {
        if (_optimizer is not null)
        {
            if (_settings.ClipNorm > 0)
                nn.utils.clip_grad_norm_(_parameters, _settings.ClipNorm);
            foreach (var group in _optimizer.ParamGroups)
                group.LearningRate = LearningRate;
            _optimizer.step();
            _optimizer.zero_grad();
        }

        Steps++;
    }

    /// <summary>Forgets what a walk back that failed half-way has left.</summary>
    public void ClearGradients() => _optimizer?.zero_grad();

    public void Dispose() => _optimizer?.Dispose();

    private double ScheduleFactor()
    {
        if (Steps < _settings.WarmupSteps)
            return (Steps + 1.0) / (_settings.WarmupSteps + 1.0);
        return _settings.Schedule == LearningRateSchedule.Constant
            ? 1
            : Math.Max(0, (_totalSteps - Steps) / (double)Math.Max(1, _totalSteps - _settings.WarmupSteps));
    }

    private static OptimizerHelper Create(IReadOnlyList<Parameter> parameters, OptimizerSettings s) => s.Name == OptimizerName.AdamW
        ? AdamW(parameters, s.LearningRate, s.Beta1, s.Beta2, s.Epsilon, s.WeightDecay)
        : Adam(parameters, s.LearningRate, s.Beta1, s.Beta2, s.Epsilon, s.WeightDecay);
}
