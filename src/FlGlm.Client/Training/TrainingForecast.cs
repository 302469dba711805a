using FlGlm.Client.Data;
using FlGlm.Core.Checkpoints;
using FlGlm.Core.Configuration;
using FlGlm.Core.Models;
using FlGlm.Core.Planning;

namespace FlGlm.Client.Training;

/// <summary>What a client's training will take and send, from its rows, the plan and the model's config.json: no weights are read, nothing is computed.</summary>
public sealed record TrainingForecast
{
    /// <summary>Rows that the client trains on.</summary>
    public required int Rows { get; init; }

    /// <summary>Steps of the whole run.</summary>
    public required long Steps { get; init; }

    /// <summary>The first steps of the run, with the rows that they will have.</summary>
    public required IReadOnlyList<StepForecast> First { get; init; }

    /// <summary>The tokens of every row, in ascending order.</summary>
    public required IReadOnlyList<int> Lengths { get; init; }

    /// <summary>Bytes of one step, the exchange of keys included; the mean of <see cref="First"/>.</summary>
    public double BytesUp => First.Average(step => (double)step.BytesUp);

    /// <inheritdoc cref="BytesUp"/>
    public double BytesDown => First.Average(step => (double)step.BytesDown);

    /// <summary>Real tokens of one step; the mean of <see cref="First"/>.</summary>
    public double Tokens => First.Average(step => (double)step.Tokens);

    /// <summary>The tokens that this share of the rows does not exceed.</summary>
    /// <param name="share">0 to 1</param>
    public int LengthAt(double share) => Lengths[Math.Clamp((int)Math.Ceiling(share * Lengths.Count) - 1, 0, Lengths.Count - 1)];

    /// <summary>Reads the rows and counts.</summary>
    /// <param name="options">of the client</param>
    /// <param name="isSealed">whether the run will be encrypted</param>
    /// <param name="most">the number of steps that are counted one by one</param>
    /// <exception cref="FlGlmException">The model's config.json, its tokenizer or the rows cannot be used.</exception>
    public static TrainingForecast Of(TrainerOptions options, bool isSealed, int most = 1000)
    {
        var (plan, file) = (options.Plan, Path.Combine(options.Model, "config.json"));
        var family = ModelFamily.FromConfig(JsonFile.ReadObject(file), file);
        using var data = options.Examples is { } given
            ? new Dataset(given, [], [])
            : Dataset.Load(options.Data, options.Model, SplitModel.FreePositionsOf(family, plan.Peft), options.Task);
        if (!plan.CanTrainOn(data.Train.Count))
            throw new ConfigurationException(plan.Training.Epochs > 0 ? "training.epochs" : "training.steps", $"these are more than {int.MaxValue} steps in all rounds; fewer.");
        LengthBuckets.Expect(options.LengthBuckets, data, SplitModel.FreePositionsOf(family, plan.Peft));
        var steps = plan.ClientSteps(data.Train.Count);
        using var batches = TrainingBatches.Of(data.Train, options.Data, plan, (int)steps, family.Marks, options.LengthBuckets);
        var traffic = new StepTraffic(family.Shape.Hidden * (plan.Precision == ElementPrecision.BFloat16 ? 2 : 4), isSealed, plan.SendsTargets);
        return new TrainingForecast
        {
            Rows = data.Train.Count,
            Steps = steps,
            First = [.. Enumerable.Range(1, (int)Math.Min(most, steps)).Select(step => Next(batches, traffic, step, plan))],
            Lengths = [.. StoredExamples.LengthsOf(data.Train).Order()],
        };
    }

    private static StepForecast Next(TrainingBatches batches, StepTraffic traffic, int step, RunPlan plan)
    {
        var rows = batches.Next();
        var (up, down) = traffic.Next(rows.Cut(plan.Training.BatchSize, plan.Training.MicroBatches));
        var isRenewed = plan.Crypto.RekeyEvery > 0 && step % plan.Crypto.RekeyEvery == 0;
        var (keysUp, keysDown) = isRenewed ? traffic.Rekey : (0, 0);
        return new StepForecast(rows.Rows, rows.Length, rows.Tokens, up + keysUp, down + keysDown);
    }
}
