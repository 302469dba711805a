using System.Buffers;
using System.Text.Json;
using FlGlm.Client.Training;

namespace FlGlm.Cli.Runs;

/// <summary>Writes metrics.jsonl: one line per step, written to disk when the step is done.</summary>
internal sealed class MetricsWriter : IDisposable
{
    private readonly StepLog _log;
    private readonly ArrayBufferWriter<byte> _line = new();

    /// <param name="continues">whether the lines that are there are the run's</param>
    public MetricsWriter(string path, bool continues = false)
    {
        _log = new StepLog(path, continues);
        _log.Open();
    }

    public void Write(StepReport report)
    {
        _line.ResetWrittenCount();
        using (var json = new Utf8JsonWriter(_line))
        {
            json.WriteStartObject();
            StepJson.Write(json, report);
            json.WriteEndObject();
        }

        _line.Write("\n"u8);
        _log.Append(_line.WrittenMemory);
    }

    /// <inheritdoc cref="StepLog.MoveAfter"/>
    public void MoveAfter(int step) => _log.MoveAfter(step);

    public void Dispose() => _log.Dispose();
}
