using System.Text.Json;
using System.Text.Json.Serialization;
using FlGlm.Cli.Hosting;
using FlGlm.Core.Configuration;

namespace FlGlm.Cli.LocalRuns;

/// <summary>One line of metrics.jsonl, read back.</summary>
internal sealed record RecordedStep(
    int Step,
    int Round,
    [property: JsonNumberHandling(JsonNumberHandling.AllowNamedFloatingPointLiterals)] float Loss,
    double Lr,
    int Tokens,
    long BytesUp,
    long BytesDown,
    IReadOnlyDictionary<string, double> Seconds)
{
    /// <summary>The leg that is the whole step.</summary>
    public const string Total = "total";

    /// <summary>The whole lines of a file; the run may go on.</summary>
    /// <exception cref="DataException">A line is no step.</exception>
    public static IReadOnlyList<RecordedStep> Read(string path) => [.. WholeLines.Read(path).Select((line, index) => Parse(line, path, index + 1))];

    private static RecordedStep Parse(string line, string path, int number)
    {
        try
        {
            if (JsonSerializer.Deserialize<RecordedStep>(line, JsonLines.Readable) is { Step: > 0, Seconds: { } seconds } step && seconds.ContainsKey(Total))
                return step;
        }
        catch (JsonException)
        {
            // The same as an object that is no step.
        }

        throw new DataException(path, number, $"'{path}', line {number}: is no step as `flglm client` and `train` write it; remove the line, or name another directory.");
    }
}
