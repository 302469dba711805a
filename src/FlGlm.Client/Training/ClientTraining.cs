using FlGlm.Client.Data;
using FlGlm.Client.Evaluation;
using FlGlm.Client.Events;
using FlGlm.Client.Stages;
using FlGlm.Core.Checkpoints;
using FlGlm.Core.Configuration;
using FlGlm.Core.Events;
using FlGlm.Core.Models;
using FlGlm.Core.Peft;
using FlGlm.Core.Planning;
using FlGlm.Core.Splitting;
using static TorchSharp.torch;

namespace FlGlm.Client.Training;

/// <summary>A client's part of a run, in one process or split: data, head and tail, their optimizer, validation.</summary>
internal sealed class ClientTraining : IDisposable
{
    private const string BestFile = "best";
    private static readonly HashSet<StageName> OwnStages = [StageName.Head, StageName.Tail];
    private readonly TrainerOptions _options;
    private readonly SplitModel _model;
    private readonly Dataset _data;
    private readonly TaskValidation? _task;
    private readonly RunEvents _events;
    private bool _hasNoNorms;

    private ClientTraining(TrainerOptions options, SplitModel model, Dataset data, TaskValidation? task, ClientStages stages, RunEvents events)
    {
        (_options, _model, _data, _task, Stages, _events) = (options, model, data, task, stages, events);
        Best = options.Client.KeepsBest ? new BestStep(options.Client.Patience) : null;
        var steps = model.Plan.ClientSteps(data.Train.Count);
        Batches = TrainingBatches.Of(data.Train, options.Data, model.Plan, (int)steps, model.Family.Marks, options.LengthBuckets, options.Defence);
        Optimizer = new StageOptimizer(stages.Parameters, model.Plan.Optimizer, steps);
        State = new TrainingState(stages.Parameters, Optimizer, [stages.Head.Blocks, stages.Tail.Blocks]);
    }

    public ClientStages Stages { get; }

    public TrainingBatches Batches { get; }

    /// <summary>Of head and tail.</summary>
    public StageOptimizer Optimizer { get; }

    /// <summary>Of head and tail, for checkpoints.</summary>
    public TrainingState State { get; }

    /// <summary>The best step so far; null = none is kept.</summary>
    public BestStep? Best { get; }

    /// <summary>How many steps will have been validated at the end, at most.</summary>
    public int Validations => 2 + (_options.Client.EvalEvery > 0 ? Batches.Steps / _options.Client.EvalEvery : 0);

    /// <summary>Called after each validation of a run whose best step is kept, with the steps before it and whether it is the best: keeps the middle.</summary>
    public Func<int, bool, CancellationToken, Task> Validated { get; set; } = (_, _, _) => Task.CompletedTask;

    /// <summary>Of the defence, for checkpoints.</summary>
    public IReadOnlyDictionary<string, string> Defence => _options.Defence?.Settings ?? new Dictionary<string, string>();

    /// <summary>Of the rows, for checkpoints.</summary>
    public DataFingerprint Fingerprint() => DataFingerprint.Of(_data, _options.Data);

    /// <summary>Loads the data, then head and tail.</summary>
    public static Task<ClientTraining> OpenAsync(TrainerOptions options, SplitModel model, RunEvents events, CancellationToken ct)
    {
        if (options.Client.EvalMetric)
            TaskValidation.TaskOf(options);
        var data = options.Examples is { } given ? new Dataset(given, [], []) : Dataset.Load(options.Data, options.Model, model.FreePositions, options.Task);
        return OpenAsync(options, model, data, events, ct);
    }

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
        LengthBuckets.Expect(options.LengthBuckets, data, model.FreePositions);
        if (options.Client.KeepsBest && data.Validation.Count == 0)
            throw new ConfigurationException("client.keep_best", "needs rows to validate with; name them with data.validation.");
        var task = options.Client.EvalMetric ? new TaskValidation(options, model) : null;
        if (task is not null && options.LengthBuckets.Count > 0)
            events.Warn("the questions of client.eval_metric leave with their own lengths: privacy.length_buckets pads rows of training and validation losses alone");
        var stages = await LoadStagesAsync(model, ct).ConfigureAwait(false);
        try
        {
            options.Defence?.Begin(stages.Head.Parameters.Count > 0, stages.Tail.Parameters.Count > 0, stages.Head.Embedding.Weight.requires_grad);
            return new ClientTraining(options, model, data, task, stages, events);
        }
        catch
        {
            stages.Dispose();
            throw;
        }
    }

    /// <summary>Loads head and tail.</summary>
    public static Task<ClientStages> LoadStagesAsync(SplitModel model, CancellationToken ct) => model.LoadAsync(
        (checkpoint, blueprint) => new ClientStages(checkpoint, blueprint),
        stages => [(StageName.Head, stages.Head.Parameters), (StageName.Tail, stages.Tail.Parameters)],
        ct);

    /// <summary>Sets the steps of the whole run, which may be more than this client's rows alone would give: it begins its rows again then.</summary>
    public void SetTotalSteps(int steps) => (Batches.Steps, Optimizer.TotalSteps) = (steps, steps);

    public TrainingLoop Loop(IMiddle middle)
    {
        TrainingLoop loop = null!;
        return loop = new TrainingLoop(_options.Client.Name, Trainer(middle), middle, Batches, _events)
        {
            HasEnough = () => HasEnough(loop.Step), Reported = ReportNormsAsync, Epsilon = () => _options.Defence?.Epsilon(),
        };
    }

    /// <summary>
    /// Measures the validation loss, and where it is asked for the task's metric, before the first step, after the last, and every eval_every steps;
    /// otherwise does nothing.
    /// </summary>
    /// <param name="cached">the same middle, with keys and values</param>
    public async Task ValidateAsync(IMiddle middle, ICachedMiddle cached, int step, CancellationToken ct)
    {
        if (!IsDue(step))
            return;
        _events.Report(new ClientEvent.Validating(step));
        var measure = new ValidationLoss(Stages, middle, _model.Lane) { Defence = _options.Defence, LengthBuckets = _options.LengthBuckets };
        var result = await measure.MeasureAsync(_data.Validation, _model.Plan.Training.BatchSize, _options.Client.EvalBatches, ct).ConfigureAwait(false);
        if (!double.IsFinite(result.Loss))
            throw new NotFiniteException($"The validation loss after step {step} is {result}.");
        if (_task is not null)
            result = result with { Metrics = await _task.MeasureAsync(Stages, cached, _events, ct).ConfigureAwait(false) };
        var isBest = Best?.Add(step, result) == true;
        if (isBest)
            await _model.Lane.RunAsync(() => Best!.Keep(Stages.Parameters), ct).ConfigureAwait(false);
        _events.Report(new ClientEvent.Validated(step, result) { IsBest = isBest });
        if (Best is not null)
            await Validated(step, isBest, ct).ConfigureAwait(false);
    }

    /// <summary>Writes head and tail, and the middle where it is known.</summary>
    /// <param name="runId">the run's id; empty = not known</param>
    public Task SaveAsync(IEnumerable<(string Name, Tensor Value)>? middle, string runId)
    {
        if (_options.Defence?.Report() is { Length: > 0 } report)
            _events.Report($"privacy: {report}");
        var own = Stages.Parameters.Select(parameter => (parameter.Name, (Tensor)parameter.Value));
        return SaveAsync(_options.Output, own, middle, runId, Optimizer.Steps);
    }

    /// <summary>Writes head and tail of the best step beside the last ones, and the middle where it is known; nothing where none is kept.</summary>
    /// <inheritdoc cref="SaveAsync(IEnumerable{ValueTuple{string, Tensor}}, string)"/>
    public Task SaveBestAsync(IEnumerable<(string Name, Tensor Value)>? middle, string runId) => Best is { State: { } best, Values: { } values } && _options.Output.Length > 0
        ? SaveAsync(_options.Output + "-best", values.Tensors, middle, runId, best.Step)
        : Task.CompletedTask;

    /// <summary>The files of a checkpoint; called on the compute lane.</summary>
    public IEnumerable<KeyValuePair<string, IReadOnlyDictionary<string, Tensor>>> Files(string own)
    {
        yield return new(own, State.Tensors());
        if (Best?.Values is { } values)
            yield return new(BestFile, values.ByName());
    }

    /// <summary>Takes a checkpoint up; called on the compute lane.</summary>
    /// <param name="own">the file of head and tail</param>
    public void Restore(StoredCheckpoint checkpoint, string own, OptimizerSteps steps, BestState? best)
    {
        State.Restore(checkpoint, own, steps);
        Best?.Restore(best, checkpoint.Files.Contains(BestFile) ? new ParameterSet([.. checkpoint.Read(BestFile).Select(tensor => (tensor.Key, tensor.Value))]) : null);
    }

    public void Dispose()
    {
        Best?.Dispose();
        Optimizer.Dispose();
        Batches.Dispose();
        Stages.Dispose();
        _data.Dispose();
    }

    private Task SaveAsync(
        string folder, IEnumerable<(string Name, Tensor Value)> own, IEnumerable<(string Name, Tensor Value)>? middle, string runId, long steps)
    {
        var values = own.ToDictionary(tensor => tensor.Name, tensor => tensor.Value);
        foreach (var (name, value) in middle ?? [])
            values[name] = value;
        return _model.SaveAsync(folder, middle is not null ? Enum.GetValues<StageName>().ToHashSet() : OwnStages, values, runId, steps);
    }

    /// <summary>Where they are due. What cannot be computed, for want of memory say, is one warning: they are there to be looked at, and the run goes on.</summary>
    private async Task ReportNormsAsync(int step, CancellationToken ct)
    {
        if (_hasNoNorms || _options.NormsEvery <= 0 || step % _options.NormsEvery != 0)
            return;
        try
        {
            _events.Report(new ClientEvent.AdapterNorms(step, await _model.Lane.RunAsync(() => ParameterNorms.Of(Stages.Parameters), ct).ConfigureAwait(false)));
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            _hasNoNorms = true;
            _events.Warn($"the norms of head and tail cannot be computed ({e.Message.Split('\n')[0].TrimEnd('.')}); the run goes on without them");
        }
    }

    private SplitTrainer Trainer(IMiddle middle) => new(Stages, middle, Optimizer, _model.Lane)
    {
        BatchSize = _model.Plan.Training.BatchSize,
        MicroBatches = _model.Plan.Training.MicroBatches,
        Defence = _options.Defence,
    };

    /// <summary>Clients that work at the same time go on to the end of their period: the others wait for them until then.</summary>
    private bool HasEnough(int step) =>
        Best is { HasEnough: true } && (_model.Plan.Training.Strategy == StrategyName.Serial || step % _model.Plan.Training.AveragePeriod == 0);

    private bool IsDue(int step)
    {
        if (_data.Validation.Count == 0)
            return false;
        var every = _options.Client.EvalEvery;
        return step == 0 || step == Batches.Steps || (every > 0 && step % every == 0);
    }
}
