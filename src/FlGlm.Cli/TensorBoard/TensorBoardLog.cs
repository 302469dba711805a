using FlGlm.Cli.Reports;
using FlGlm.Cli.Runs;
using FlGlm.Client.Evaluation;
using FlGlm.Client.Events;
using FlGlm.Client.Training;
using FlGlm.Core.Configuration;
using FlGlm.Core.Events;
using Microsoft.Extensions.Logging;
using Tensorboard;

namespace FlGlm.Cli.TensorBoard;

/// <summary>
/// tensorboard/: the steps and validations of a run as scalars, norms as histograms, the configuration as text. Where it cannot be written there is
/// one warning, and the run goes on without.
/// </summary>
/// <remarks>
/// Each file begins with a session log that starts at the first step to come. TensorBoard takes the first one of a run for its beginning, and at each
/// further one drops the values that earlier files have of this and later steps; so a run that goes back, or goes on, begins another file.
/// </remarks>
internal sealed partial class TensorBoardLog : IDisposable
{
    private readonly string _folder;
    private readonly FlGlmConfig _config;
    private readonly ILogger _logger;
    private EventFile? _file;

    /// <summary>The first step to come; null = a run goes on and has not said where.</summary>
    private int? _nextStep;
    private bool _hasTexts;
    private bool _hasFailed;

    /// <param name="folder">one of an earlier run is moved away</param>
    /// <param name="continues">whether the files that are there are the run's</param>
    public TensorBoardLog(string folder, FlGlmConfig config, bool continues, ILogger logger)
    {
        (_folder, _config, _logger) = (folder, config, logger);
        if (continues)
            return;
        _nextStep = 0;
        Try(MoveAway);
    }

    /// <summary>Writes what there is to write of an event.</summary>
    public void Show(RunEvent happened)
    {
        switch (happened)
        {
            case StepReport step:
                Write(step.Step, Scalars(step));
                break;
            case ClientEvent.Validated validated:
                Write(validated.Step, Scalars(validated.Loss));
                break;
            case ClientEvent.AdapterNorms { Norms.Count: > 0 } norms:
                Write(norms.Step, [new Summary.Types.Value { Tag = "norms", Histo = NormHistogram.Of(norms.Norms) }]);
                break;
            case ClientEvent.RolledBack back:
                Close();
                _nextStep = back.Step + 1;
                break;
        }
    }

    public void Dispose() => Close();

    private void Close()
    {
        _file?.Dispose();
        _file = null;
    }

    private void Write(int step, IEnumerable<Summary.Types.Value> values) => Try(() => Open().Write(new Event { Step = step, Summary = new Summary { Value = { values } } }));

    private EventFile Open()
    {
        if (_file is not null)
            return _file;
        _file = new EventFile(_folder);
        _file.Write(new Event { Step = _nextStep ?? long.MaxValue, SessionLog = new SessionLog { Status = SessionLog.Types.SessionStatus.Start } });
        if (!_hasTexts)
        {
            _file.Write(new Event { Step = Math.Max(0, (_nextStep ?? 0) - 1), Summary = new Summary { Value = { Texts() } } });
            _hasTexts = true;
        }

        return _file;
    }

    private IEnumerable<Summary.Types.Value> Texts() =>
    [
        EventValues.Text("config", $"```yaml\n{ConfigWriter.Write(_config)}```"),
        EventValues.Text("hyperparameters", string.Join('\n', MarkdownTable.Lines(new ReportTable("", ["key", "value"], [.. MainSettings.Of(_config).Select(line => (string[])[line.Key, line.Value])])))),
    ];

    private static IEnumerable<Summary.Types.Value> Scalars(StepReport step) =>
    [
        EventValues.Scalar("loss", step.Loss),
        EventValues.Scalar("learning_rate", step.LearningRate),
        EventValues.Scalar("tokens_per_second", step.Seconds.Total > 0 ? step.Tokens / step.Seconds.Total : 0),
        EventValues.Scalar("bytes/up", step.BytesUp),
        EventValues.Scalar("bytes/down", step.BytesDown),
        .. step.Seconds.Legs.Select(leg => EventValues.Scalar($"seconds/{leg.Name}", leg.Seconds)),
        EventValues.Scalar("seconds/total", step.Seconds.Total),
    ];

    private static IEnumerable<Summary.Types.Value> Scalars(ValidationResult result) =>
    [
        EventValues.Scalar("validation/loss", result.Loss),
        .. result.Metrics.Select(metric => EventValues.Scalar($"validation/{metric.Name}", metric.Value)),
        .. result.Files.Select(file => EventValues.Scalar($"validation_files/{file.Key}", file.Value)),
    ];

    /// <summary>The files of an earlier run: tensorboard.1, or the first number that is free.</summary>
    private void MoveAway()
    {
        if (Directory.Exists(_folder))
            Directory.Move(_folder, Enumerable.Range(1, int.MaxValue - 1).Select(number => $"{_folder}.{number}").First(path => !Path.Exists(path)));
    }

    private void Try(Action work)
    {
        if (_hasFailed)
            return;
        try
        {
            work();
        }
#pragma warning disable CA1031 // whatever fails here, the run goes on
        catch (Exception e)
        {
            _hasFailed = true;
            Close();
            LogFailed(_folder, e.Message.TrimEnd('.'));
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "the files for TensorBoard in '{Folder}' cannot be written ({Reason}); the run goes on without them")]
    private partial void LogFailed(string folder, string reason);
}
