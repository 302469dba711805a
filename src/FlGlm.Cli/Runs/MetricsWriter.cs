using System.Buffers;
using System.Text.Json;
using FlGlm.Client.Training;

namespace FlGlm.Cli.Runs;

/// <summary>Writes metrics.jsonl: one line per step, written to disk when the step is done.</summary>
internal sealed class MetricsWriter(string path) : IDisposable
{
    /// <summary>Without a buffer: a line whose write failed must not be written again when the file is closed.</summary>
    private readonly FileStream _file = RunFile.Guard(path, () => new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 0));
    private readonly ArrayBufferWriter<byte> _line = new();

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
        RunFile.Guard(path, () => _file.Write(_line.WrittenSpan));
    }

    public void Dispose() => _file.Dispose();
}
