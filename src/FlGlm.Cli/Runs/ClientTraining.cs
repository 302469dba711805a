using FlGlm.Cli.Hosting;
using FlGlm.Client.Data;
using FlGlm.Client.Evaluation;
using FlGlm.Client.Stages;
using FlGlm.Client.Training;
using FlGlm.Core.Configuration;
using FlGlm.Core.Splitting;
using Microsoft.Extensions.Logging;

namespace FlGlm.Cli.Runs;

/// <summary>A client's part of a run, centralised or split: data, head and tail, their optimizer, validation.</summary>
internal sealed partial class ClientTraining : IDisposable
{
    private readonly RunContext _run;
    private readonly RunSetup _setup;
    private readonly ILogger _logger;
    private readonly Dataset _data;
    private readonly StageOptimizer _optimizer;
    private readonly ValidationLog _validation;

    private ClientTraining(RunContext run, RunSetup setup, ILogger logger, Dataset data, ClientStages stages)
    {
        (_run, _setup, _logger, _data, Stages) = (run, setup, logger, data, stages);
        var training = setup.Plan.Training;
        if (!setup.Plan.CanTrainOn(data.Train.Count))
            throw new ConfigurationException(training.Epochs > 0 ? "training.epochs" : "training.steps", $"these are more than {int.MaxValue} steps in all rounds; fewer.");
        var steps = setup.Plan.ClientSteps(data.Train.Count);
        Batches = new TrainingBatches(
            data.Train, training.BatchSize, checked((int)steps), training.Seed, setup.Family.Marks, run.Config.Data.GroupByLength);
        _validation = new ValidationLog(run.Directory);
        _optimizer = new StageOptimizer(stages.Parameters, setup.Plan.Optimizer, steps);
    }

    public ClientStages Stages { get; }

    public TrainingBatches Batches { get; }

    /// <summary>Loads the data, then head and tail.</summary>
    public static async Task<ClientTraining> OpenAsync(RunContext run, RunSetup setup)
    {
        var logger = run.Loggers.CreateLogger("flglm");
        var data = Dataset.Load(run.Config.Data, run.Config.Model.Path, setup.FreePositions);
        foreach (var warning in data.Warnings)
            LogWarning(logger, warning);
        foreach (var report in data.Reports)
            LogData(logger, report);
        LogRows(logger, data.Train.Count, data.Validation.Sum(set => set.Examples.Count));
        var stages = await setup.Lane.RunAsync(() => StageLoader.Client(setup), run.StopRequested);
        return new ClientTraining(run, setup, logger, data, stages);
    }

    public TrainingLoop Loop(IMiddle middle, IProgress<StepReport> steps) =>
        new(new SplitTrainer(Stages, middle, _optimizer, _setup.Lane), middle, Batches, steps.Report);

    /// <summary>Measures the validation loss before the first step, after the last, and every eval_every steps; otherwise does nothing.</summary>
    public async Task ValidateAsync(IMiddle middle, int step, CancellationToken ct)
    {
        if (!IsDue(step))
            return;
        var measure = new ValidationLoss(Stages, middle, _setup.Lane);
        var result = await measure.MeasureAsync(_data.Validation, _setup.Plan.Training.BatchSize, _run.Config.Client.EvalBatches, ct);
        if (!double.IsFinite(result.Loss))
            throw new NotFiniteException($"The validation loss after step {step} is {result}.");
        LogValidation(_logger, step, result);
        _validation.Append(step, result);
    }

    public void Dispose()
    {
        _optimizer.Dispose();
        Batches.Dispose();
        Stages.Dispose();
    }

    private bool IsDue(int step)
    {
        if (_data.Validation.Count == 0)
            return false;
        var every = _run.Config.Client.EvalEvery;
        return step == 0 || step == Batches.Steps || (every > 0 && step % every == 0);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Warning}")]
    private static partial void LogWarning(ILogger logger, string warning);

    [LoggerMessage(Level = LogLevel.Information, Message = "data {Report}")]
    private static partial void LogData(ILogger logger, DataReport report);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Train} rows to train on, {Validation} to validate")]
    private static partial void LogRows(ILogger logger, int train, int validation);

    [LoggerMessage(Level = LogLevel.Information, Message = "validation loss after step {Step}: {Loss}")]
    private static partial void LogValidation(ILogger logger, int step, ValidationResult loss);
}
