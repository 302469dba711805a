using FlGlm.Cli.Hosting;
using FlGlm.Client.Data;
using FlGlm.Client.Evaluation;
using FlGlm.Client.Stages;
using FlGlm.Client.Training;
using FlGlm.Core.Configuration;
using FlGlm.Core.Splitting;
using Microsoft.Extensions.Logging;

namespace FlGlm.Cli.Runs;

/// <summary>A data owner's side of a run, centralised or split: data, head and tail, the optimizer over both, validation.</summary>
internal sealed partial class ClientWork : IDisposable
{
    private readonly RunContext _run;
    private readonly Workplace _place;
    private readonly ILogger _logger;
    private readonly Dataset _data;
    private readonly StageOptimizer _optimizer;
    private readonly ValidationLog _validation;

    private ClientWork(RunContext run, Workplace place, ILogger logger, Dataset data, ClientStages stages)
    {
        (_run, _place, _logger, _data, Stages) = (run, place, logger, data, stages);
        var training = place.Plan.Training;
        Batches = new TrainingBatches(data.Train, training.BatchSize, checked((int)place.Plan.ClientSteps), training.Seed, place.Family.Marks);
        _validation = new ValidationLog(run.Directory);
        _optimizer = new StageOptimizer(stages.Parameters, place.Plan.Optimizer, place.Plan.ClientSteps);
    }

    public ClientStages Stages { get; }

    public TrainingBatches Batches { get; }

    /// <summary>Reads the data, then head and tail.</summary>
    public static async Task<ClientWork> OpenAsync(RunContext run, Workplace place)
    {
        var logger = run.Loggers.CreateLogger("flglm");
        var data = Dataset.Load(run.Config.Data, run.Config.Model.Path, place.FreePositions);
        foreach (var warning in data.Warnings)
            LogWarning(logger, warning);
        foreach (var report in data.Reports)
            LogData(logger, report);
        LogRows(logger, data.Train.Count, data.Validation.Count);
        var stages = await place.Lane.RunAsync(() => StageLoader.Client(place), run.StopRequested);
        return new ClientWork(run, place, logger, data, stages);
    }

    public TrainingLoop Loop(IMiddle middle, IProgress<StepReport> steps) =>
        new(new SplitTrainer(Stages, middle, _optimizer, _place.Lane), middle, Batches, steps.Report);

    /// <summary>Measures the validation loss where it is due: before the first step, after the last, and every eval_every steps.</summary>
    public async Task ValidateAsync(IMiddle middle, int step, CancellationToken ct)
    {
        if (!IsDue(step))
            return;
        var training = _place.Plan.Training;
        var rows = _run.Config.Client.EvalBatches > 0 ? _data.Validation.Take(_run.Config.Client.EvalBatches * training.BatchSize).ToList() : _data.Validation;
        var loss = await new ValidationLoss(Stages, middle, _place.Lane).MeasureAsync(rows, training.BatchSize, ct);
        if (!double.IsFinite(loss))
            throw new NotFiniteException($"The validation loss after step {step} is {loss}.");
        LogValidation(_logger, step, loss);
        _validation.Append(step, loss);
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

    [LoggerMessage(Level = LogLevel.Information, Message = "validation loss after step {Step}: {Loss:F4}")]
    private static partial void LogValidation(ILogger logger, int step, double loss);
}
