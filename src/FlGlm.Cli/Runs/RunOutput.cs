using FlGlm.Cli.Hosting;
using FlGlm.Cli.TensorBoard;
using FlGlm.Client.Data;
using FlGlm.Client.Evaluation;
using FlGlm.Client.Events;
using FlGlm.Client.Training;
using FlGlm.Core.Configuration;
using FlGlm.Core.Events;
using FlGlm.Server.Events;
using Microsoft.Extensions.Logging;

namespace FlGlm.Cli.Runs;

/// <summary>Follows a run: its events go to the log, the view, metrics.jsonl, validation.jsonl, data.jsonl, partition.json and TensorBoard's files.</summary>
internal sealed partial class RunOutput : IDisposable
{
    private readonly RunContext _run;
    private readonly ILogger _logger;
    private readonly bool _hasSteps;
    private readonly List<DataReport> _data = [];
    private Partition? _partition;
    private MetricsWriter? _metrics;
    private ValidationLog? _validation;
    private TensorBoardLog? _board;
    private RunEvent.Saved? _saved;

    /// <param name="hasSteps">whether the run takes steps of its own, whose metrics are written</param>
    private RunOutput(RunContext run, bool hasSteps) => (_run, _logger, _hasSteps) = (run, run.Loggers.CreateLogger("flglm"), hasSteps);

    /// <summary>Follows a run to its end, and stops it when that is requested.</summary>
    /// <param name="happened">called with every event</param>
    /// <exception cref="FlGlmException">The run has failed.</exception>
    public static async Task FollowAsync(RunContext run, FlGlmRun work, Action<RunEvent>? happened = null)
    {
        using var output = new RunOutput(run, hasSteps: work is not (Server.Hosting.FlGlmServer or Evaluator));
        using var stop = run.StopRequested.Register(work.Stop);
        try
        {
            await foreach (var each in work.RunAsync())
            {
                output.Show(each);
                happened?.Invoke(each);
            }
        }
        catch (NetworkException lost) when (output._saved is { } saved)
        {
            throw new NetworkException($"{lost.Message} What {saved.Step} steps have trained is in '{run.Directory.AdapterPath}'.", lost);
        }
    }

    /// <summary>Logs an event in words.</summary>
    public static void Log(ILogger logger, RunEvent happened)
    {
        foreach (var (isWarning, text) in EventText.Lines(happened))
        {
            if (isWarning)
                LogWarning(logger, text);
            else
                LogEvent(logger, text);
        }
    }

    public void Dispose()
    {
        _metrics?.Dispose();
        _validation?.Dispose();
        _board?.Dispose();
    }

    /// <summary>Model and data are in order: from now on the run directory is this run's; steps of an earlier one move away, other files are replaced.</summary>
    private void Begin()
    {
        if (_hasSteps)
        {
            DataLog.Write(_run.Directory, _data);
            PartitionLog.Write(_run.Directory, _partition);
            (_metrics, _validation) = (new MetricsWriter(_run.Directory.MetricsPath, _run.Continues), new ValidationLog(_run.Directory, _run.Continues));
            _board = _run.Config.Run.Tensorboard ? new TensorBoardLog(_run.Directory.TensorBoardPath, _run.Config, _run.Continues, _logger) : null;
        }

        _run.Directory.Keep();
    }

    private void Show(RunEvent happened)
    {
        switch (happened)
        {
            case StepReport step:
                _metrics!.Write(step);
                break;
            case ClientEvent.Validated validated:
                _validation!.Append(validated.Step, validated.Loss, validated.IsBest);
                break;
            case ClientEvent.RolledBack back:
                _metrics?.MoveAfter(back.Step);
                _validation?.MoveAfter(back.Step);
                break;
            case ClientEvent.DataRead read:
                _data.Add(read.Report);
                break;
            case ClientEvent.Partitioned divided:
                _partition = divided.Partition;
                break;
            case RunEvent.Loaded:
                Begin();
                break;
            case RunEvent.Saved saved:
                _saved = saved;
                break;
            case EvaluationEvent.Finished { Summary: var summary }:
                _run.View.Result(EventText.Result(summary), summary);
                LogEvent(_logger, $"written: {_run.Directory.Path}");
                break;
            case ServerEvent.ClientLost { Defect: { } defect } lost:
                LogDefect(lost.Client, defect);
                break;
        }

        if (happened is StepReport or ServerEvent.StepServed)
            MemoryAllocator.StepEnded();
        _board?.Show(happened);
        _run.View.Show(happened);
        Log(_logger, happened);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Event}")]
    private static partial void LogEvent(ILogger logger, string @event);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Event}")]
    private static partial void LogWarning(ILogger logger, string @event);

    [LoggerMessage(Level = LogLevel.Error, Message = "the session with {Client} failed")]
    private partial void LogDefect(string client, Exception exception);
}
