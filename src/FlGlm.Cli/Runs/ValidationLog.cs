using System.Text.Json;

namespace FlGlm.Cli.Runs;

/// <summary>validation.jsonl: a line per validation loss of this run; the file of an earlier run is deleted.</summary>
internal sealed class ValidationLog
{
    private readonly string _path;

    public ValidationLog(RunDirectory directory)
    {
        _path = Path.Combine(directory.Path, "validation.jsonl");
        RunFile.Guard(_path, () => File.Delete(_path));
    }

    public void Append(int step, double loss) =>
        RunFile.Guard(_path, () => File.AppendAllText(_path, JsonSerializer.Serialize(new { step, loss }) + "\n"));
}
