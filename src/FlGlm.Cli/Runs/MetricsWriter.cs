using System.Buffers;
using System.Text.Json;
using FlGlm.Client.Training;

namespace FlGlm.Cli.Runs;

/// <summary>Writes metrics.jsonl: one line per step, on disk as soon as the step is done.</summary>
internal sealed class MetricsWriter(string path) : IDisposable
{
    /// <summary>Without a buffer of its own: a line that the disk refuses must not come back when the file is closed.</summary>
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
