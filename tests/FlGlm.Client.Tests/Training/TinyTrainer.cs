using FlGlm.Client.Data;
using FlGlm.Client.Stages;
using FlGlm.Client.Training;
using FlGlm.Core.Configuration;
using FlGlm.Core.Models;
using FlGlm.Core.Peft;
using FlGlm.Core.Splitting;

namespace FlGlm.Client.Tests.Training;

/// <summary>Takes steps over random rows of unequal length and records the losses.</summary>
internal sealed class TinyTrainer(ClientStages stages, IMiddle middle, RunPlan plan, ComputeLane lane, int data, StageOptimizer optimizer)
{
    private readonly Random _random = new(data);

    public List<float> Losses { get; } = [];

    /// <summary>Makes the rows of a step; by default <see cref="Batch"/>.</summary>
    public Func<Random, TrainingBatch>? Rows { get; set; }

    /// <summary>Runs before every step; gets the number of steps taken.</summary>
    public Func<int, Task> BeforeStep { get; set; } = _ => Task.CompletedTask;

    public async Task<int> TrainAsync(int round, int steps, CancellationToken stop, CancellationToken ct)
    {
        var training = plan.Training;
        var trainer = new SplitTrainer(stages, middle, optimizer, lane) { BatchSize = training.BatchSize, MicroBatches = training.MicroBatches };
        for (var taken = 0; taken < steps; taken++)
        {
            if (stop.IsCancellationRequested)
                return taken;
            await BeforeStep(Losses.Count);
            Losses.Add((await trainer.StepAsync(Rows?.Invoke(_random) ?? Batch(_random, stages.Blueprint.Family.Marks, training.Accumulate), ct)).Loss);
        }

        return steps;
    }

    /// <summary>A pass without gradient, with rows of its own.</summary>
    public async Task EvaluateAsync()
    {
        var batch = Batch(new Random(99), stages.Blueprint.Family.Marks);
        using var head = await lane.RunAsync(() => stages.Head.Forward(batch, PassMode.Evaluate), default);
        await using var pass = await middle.ForwardAsync(head.Output, batch.Layout, PassMode.Evaluate, default);
        using var tail = await lane.RunAsync(() => stages.Tail.Forward(pass.Output, batch, PassMode.Evaluate), default);
        Assert.True(float.IsFinite(tail.Output.item<float>()));
    }

    public static float[] Gradient(IEnumerable<NamedParameter> parameters, string name) =>
        parameters.Single(parameter => parameter.Name == name).Value.grad!.data<float>().ToArray();

    public static Dictionary<string, float[]> Values(IEnumerable<NamedParameter> parameters)
    {
        using var copy = ParameterSet.CopyOf(parameters);
        return copy.Tensors.ToDictionary(tensor => tensor.Name, tensor => tensor.Value.data<float>().ToArray());
    }

    /// <summary>The next rows of a data owner.</summary>
    /// <param name="batches">of three rows</param>
    public static TrainingBatch Batch(Random random, ContextMarks? marks, int batches = 1)
    {
        var rows = Enumerable.Repeat(new[] { 7, 9, 4 }, batches).SelectMany(lengths => lengths).Select(length => Enumerable.Range(0, length).Select(_ => random.Next(1, 32)).ToArray()).ToList();
        foreach (var ids in rows.Where(_ => marks is not null))
            (ids[(ids.Length / 2) - 1], ids[ids.Length / 2]) = (marks!.GMask, marks.Start);
        return BatchCollator.Collate([.. rows.Select(ids => new Example(ids, ids))], marks: marks);
    }
}
