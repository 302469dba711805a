using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using FlGlm.Client.Evaluation;

namespace FlGlm.Cli.Runs;

/// <summary>validation.jsonl: a line per validation loss of this run; there is none without.</summary>
/// <param name="directory">of the run</param>
/// <param name="continues">whether the lines that are there are the run's</param>
internal sealed class ValidationLog(RunDirectory directory, bool continues = false) : IDisposable
{
    private static readonly JsonSerializerOptions Line = new() { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    private readonly StepLog _log = new(Path.Combine(directory.Path, RunDirectory.ValidationName), continues);

    /// <param name="isBest">better than all before, of a run whose best step is kept</param>
    public void Append(int step, ValidationResult result, bool isBest = false)
    {
        var metrics = result.Metrics.Count > 0 ? result.Metrics.ToDictionary(metric => metric.Name, metric => metric.Value) : null;
        var files = result.Files.Count > 0 ? result.Files : null;
        _log.Append(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(new { step, loss = result.Loss, files, metrics, best = isBest ? true : (bool?)null }, Line) + "\n"));
    }

    /// <inheritdoc cref="StepLog.MoveAfter"/>
    public void MoveAfter(int step) => _log.MoveAfter(step);

    public void Dispose() => _log.Dispose();
}
