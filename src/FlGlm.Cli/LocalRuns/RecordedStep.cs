using System.Text.Json;
using FlGlm.Cli.Hosting;

namespace FlGlm.Cli.LocalRuns;

/// <summary>One line of metrics.jsonl, read back.</summary>
internal sealed record RecordedStep(float Loss, int Tokens, long BytesUp, long BytesDown, IReadOnlyDictionary<string, double> Seconds)
{
    public static IReadOnlyList<RecordedStep> Read(string path) =>
        [.. File.ReadLines(path).Select(line => JsonSerializer.Deserialize<RecordedStep>(line, JsonLines.Readable)!)];
}
