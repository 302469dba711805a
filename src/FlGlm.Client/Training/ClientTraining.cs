using FlGlm.Client.Data;
using FlGlm.Client.Evaluation;
using FlGlm.Client.Events;
using FlGlm.Client.Stages;
using FlGlm.Core.Configuration;
using FlGlm.Core.Events;
using FlGlm.Core.Models;
using FlGlm.Core.Planning;
using FlGlm.Core.Splitting;
using static TorchSharp.torch;

namespace FlGlm.Client.Training;

/// <summary>A client's part of a run, in one process or split: data, head and tail, their optimizer, validation.</summary>
internal sealed class ClientTraining : IDisposable
{
    private static readonly HashSet<StageName> OwnStages = [StageName.Head, StageName.Tail];
    private readonly TrainerOptions _options;
    private readonly SplitModel _model;
    private readonly Dataset _data;
    private readonly RunEvents _events;

    private ClientTraining(TrainerOptions options, SplitModel model, Dataset data, ClientStages stages, RunEvents events)
    {
        (_options, _model, _data, Stages, _events) = (options, model, data, stages, events);
        var training = model.Plan.Training;
        var steps = model.Plan.ClientSteps(data.Train.Count);
        Batches = new TrainingBatches(data.Train, training.RowsPerStep, (int)steps, training.Seed, model.Family.Marks, options.Data.GroupByLength);
        Optimizer = new StageOptimizer(stages.Parameters, model.Plan.Optimizer, steps);
        State = new TrainingState(stages.Parameters, Optimizer, [stages.Head.Blocks, stages.Tail.Blocks]);
    }

    public ClientStages Stages { get; }

    public TrainingBatches Batches { get; }

    /// <summary>Of head and tail.</summary>
    public StageOptimizer Optimizer { get; }

    /// <summary>Of head and tail, for checkpoints.</summary>
    public TrainingState State { get; }

    /// <summary>Of the rows, for checkpoints.</summary>
    public DataFingerprint Fingerprint() => DataFingerprint.Of(_data, _options.Data.GroupByLength);

    /// <summary>Loads the data, then head and tail.</summary>
    public static Task<ClientTraining> OpenAsync(TrainerOptions options, SplitModel model, RunEvents events, CancellationToken ct) => OpenAsync(
        options, model, options.Examples is { } given ? new Dataset(given, [], []) : Dataset.Load(options.Data, options.Model, model.FreePositions, options.Task), events, ct);

    /// <summary>Loads head and tail. The data are this object's, and are disposed of with it.</summary>
    public static async Task<ClientTraining> OpenAsync(TrainerOptions options, SplitModel model, Dataset data, RunEvents events, CancellationToken ct)
    {
        try
        {
            return await LoadAsync(options, model, data, events, ct).ConfigureAwait(false);
        }
        catch
        {
            data.Dispose();
            throw;
        }
    }

    private static async Task<ClientTraining> LoadAsync(TrainerOptions options, SplitModel model, Dataset data, RunEvents events, CancellationToken ct)
    {
        foreach (var warning in data.Warnings)
            events.Warn(warning);
        foreach (var report in data.Reports)
            events.Report(new ClientEvent.DataRead(report));
        if (data.Partition is { } partition)
            events.Report(new ClientEvent.Partitioned(partition));
        events.Report($"{data.Train.Count} rows to train on, {data.Validation.Sum(set => set.Examples.Count)} to validate");
        var training = model.Plan.Training;
        if (!model.Plan.CanTrainOn(data.Train.Count))
            throw new ConfigurationException(training.Epochs > 0 ? "training.epochs" : "training.steps", $"these are more than {int.MaxValue} steps in all rounds; fewer.");
        return new ClientTraining(options, model, data, await LoadStagesAsync(model, ct).ConfigureAwait(false), events);
    }

    /// <summary>Loads head and tail.</summary>
    public static Task<ClientStages> LoadStagesAsync(SplitModel model, CancellationToken ct) => model.LoadAsync(
        (checkpoint, blueprint) => new ClientStages(checkpoint, blueprint),
        stages => [(StageName.Head, stages.Head.Parameters), (StageName.Tail, stages.Tail.Parameters)],
        ct);

    /// <summary>Sets the steps of the whole run, which may be more than this client's rows alone would give: it begins its rows again then.</summary>
    public void SetTotalSteps(int steps) => (Batches.Steps, Optimizer.TotalSteps) = (steps, steps);

    public TrainingLoop Loop(IMiddle middle) =>
        new(_options.Client.Name, Trainer(middle), middle, Batches, _events);

    /// <summary>Measures the validation loss before the first step, after the last, and every eval_every steps; otherwise does nothing.</summary>
    public async Task ValidateAsync(IMiddle middle, int step, CancellationToken ct)
    {
        if (!IsDue(step))
            return;
        var measure = new ValidationLoss(Stages, middle, _model.Lane);
        var result = await measure.MeasureAsync(_data.Validation, _model.Plan.Training.BatchSize, _options.Client.EvalBatches, ct).ConfigureAwait(false);
        if (!double.IsFinite(result.Loss))
            throw new NotFiniteException($"The validation loss after step {step} is {result}.");
        _events.Report(new ClientEvent.Validated(step, result));
    }

    /// <summary>Writes head and tail, and the middle where it is known.</summary>
    /// <param name="runId">the run's id; empty = not known</param>
    public Task SaveAsync(IEnumerable<(string Name, Tensor Value)>? middle, string runId)
    {
        var values = Stages.Parameters.ToDictionary(parameter => parameter.Name, parameter => (Tensor)parameter.Value);
        foreach (var (name, value) in middle ?? [])
            values[name] = value;
        return _model.SaveAsync(_options.Output, middle is null ? OwnStages : Enum.GetValues<StageName>().ToHashSet(), values, runId, Optimizer.Steps);
    }

    public void Dispose()
    {
        Optimizer.Dispose();
        Batches.Dispose();
        Stages.Dispose();
        _data.Dispose();
    }

    private SplitTrainer Trainer(IMiddle middle) => new(Stages, middle, Optimizer, _model.Lane)
    {
        BatchSize = _model.Plan.Training.BatchSize,
        MicroBatches = _model.Plan.Training.MicroBatches,
    };

    private bool IsDue(int step)
    {
        if (_data.Validation.Count == 0)
            return false;
        var every = _options.Client.EvalEvery;
        return step == 0 || step == Batches.Steps || (every > 0 && step % every == 0);
    }
}
