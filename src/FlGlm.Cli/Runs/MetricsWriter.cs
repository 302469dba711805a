using System.Buffers;
using System.Text.Json;
using FlGlm.Client.Training;

namespace FlGlm.Cli.Runs;

/// <summary>Writes metrics.jsonl: one line per step, on disk as soon as the step is done.</summary>
internal sealed class MetricsWriter(string path) : IDisposable
{
    private readonly FileStream _file = new(path, FileMode.Create, FileAccess.Write, FileShare.Read);
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
        _file.Write(_line.WrittenSpan);
        _file.Flush();
    }

    public void Dispose() => _file.Dispose();
}
