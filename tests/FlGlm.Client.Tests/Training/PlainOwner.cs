using FlGlm.Client.Data;
using FlGlm.Core.Checkpoints;
using FlGlm.Core.Configuration;
using FlGlm.Core.Models;
using FlGlm.Core.Peft;
using FlGlm.Core.Splitting;
using FlGlm.Testing;
using TorchSharp;

namespace FlGlm.Client.Tests.Training;

/// <summary>One data owner who trains the uncut model, and averages with others by plain arithmetic: what a run of the strategies must equal.</summary>
internal sealed class PlainOwner : IDisposable
{
    private readonly ThreeStages _stages;
    private readonly StageOptimizer _client;
    private readonly StageOptimizer _middle;
    private readonly Random _random;

    public PlainOwner(HfCheckpoint checkpoint, StageBlueprint blueprint, OptimizerSettings optimizer, int steps, int data)
    {
        _stages = new ThreeStages(checkpoint, blueprint);
        _client = new StageOptimizer(_stages.Client.Parameters, optimizer, steps);
        _middle = new StageOptimizer(_stages.Middle.Parameters, optimizer, steps);
        _random = new Random(data);
    }

    public IReadOnlyList<NamedParameter> Parameters => _stages.Parameters;

    public void Train(int steps, Func<Random, TrainingBatch> rows)
    {
        for (var step = 0; step < steps; step++)
        {
            WholeModel.ForwardBackward(_stages, rows(_random));
            _client.Step();
            _middle.Step();
        }
    }

    /// <summary>Everybody's values become the weighted mean.</summary>
    public static void Average(IReadOnlyList<PlainOwner> owners, IReadOnlyList<double> weights, AverageMoments moments)
    {
        Average([.. owners.Select(owner => owner.Parameters)], weights);
        if (moments == AverageMoments.Average)
        {
            Average([.. owners.Select(owner => owner._client.OpenMoments())], weights);
            Average([.. owners.Select(owner => owner._middle.OpenMoments())], weights);
        }

        foreach (var owner in moments == AverageMoments.Reset ? owners : [])
        {
            owner._client.ResetMoments();
            owner._middle.ResetMoments();
        }
    }

    public void Dispose()
    {
        _client.Dispose();
        _middle.Dispose();
        _stages.Dispose();
    }

    private static void Average(IReadOnlyList<IReadOnlyList<NamedParameter>> all, IReadOnlyList<double> weights)
    {
        List<Dictionary<string, float[]>> values = [.. all.Select(TinyTrainer.Values)];
        using var mean = new ParameterSet(
        [
            .. all[0].Select(parameter => (parameter.Name, torch.tensor(Mean(values, weights, parameter.Name)).view(parameter.Value.shape))),
        ]);
        foreach (var parameters in all)
            mean.CopyTo(parameters);
    }

    private static float[] Mean(IReadOnlyList<Dictionary<string, float[]>> values, IReadOnlyList<double> weights, string name) =>
    [
        .. Enumerable.Range(0, values[0][name].Length).Select(i => (float)(values.Zip(weights, (owner, weight) => weight * owner[name][i]).Sum() / weights.Sum())),
    ];
}
