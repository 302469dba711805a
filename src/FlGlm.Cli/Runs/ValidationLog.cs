using System.Text.Json;
using System.Text.Json.Serialization;
using FlGlm.Client.Evaluation;

namespace FlGlm.Cli.Runs;

/// <summary>validation.jsonl: a line per validation loss of this run; the file of an earlier run is deleted.</summary>
internal sealed class ValidationLog
{
    private static readonly JsonSerializerOptions Line = new() { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    private readonly string _path;

    public ValidationLog(RunDirectory directory)
    {
        _path = Path.Combine(directory.Path, "validation.jsonl");
        RunFile.Guard(_path, () => File.Delete(_path));
    }

    public void Append(int step, ValidationResult result)
    {
        var files = result.Files.Count > 0 ? result.Files : null;
        var line = JsonSerializer.Serialize(new { step, loss = result.Loss, files }, Line);
        RunFile.Guard(_path, () => File.AppendAllText(_path, line + "\n"));
    }
}
