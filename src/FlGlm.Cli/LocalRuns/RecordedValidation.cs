using System.Text.Json;
using FlGlm.Cli.Hosting;
using FlGlm.Core.Configuration;

namespace FlGlm.Cli.LocalRuns;

/// <summary>One line of validation.jsonl, read back.</summary>
/// <param name="Step">Steps taken before it.</param>
/// <param name="Metrics">0 to 1, by name; null where none was measured.</param>
internal sealed record RecordedValidation(int Step, double Loss, IReadOnlyDictionary<string, double>? Metrics)
{
    /// <summary>The whole lines of a file; none where there is no file.</summary>
    /// <exception cref="DataException">A line is no validation.</exception>
    public static IReadOnlyList<RecordedValidation> Read(string path) =>
        File.Exists(path) ? [.. WholeLines.Read(path).Select((line, index) => Parse(line, path, index + 1))] : [];

    private static RecordedValidation Parse(string line, string path, int number)
    {
        try
        {
            return JsonSerializer.Deserialize<RecordedValidation>(line, JsonLines.Readable)!;
        }
        catch (JsonException)
        {
            throw new DataException(path, number, $"'{path}', line {number}: is no validation as `flglm client` and `train` write it; remove the line, or name another directory.");
        }
    }
}
