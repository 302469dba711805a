using System.Text.Json;
using System.Text.Json.Serialization;

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

    /// <param name="loss">over all rows</param>
    /// <param name="files">by file; null where there is but one</param>
    public void Append(int step, double loss, IReadOnlyDictionary<string, double>? files = null)
    {
        var line = JsonSerializer.Serialize(new { step, loss, files }, Line);
        RunFile.Guard(_path, () => File.AppendAllText(_path, line + "\n"));
    }
}
