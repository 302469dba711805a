using System.Text.Json;

namespace FlGlm.Cli.Chaos;

/// <summary>The steps and losses in a client's run directory, as they are written.</summary>
/// <param name="Steps">By number: the round, the loss and the learning rate.</param>
/// <param name="Validation">By step: the losses.</param>
internal sealed record RecordedRun(IReadOnlyDictionary<int, (int Round, string Loss)> Steps, IReadOnlyDictionary<int, string> Validation)
{
    /// <summary>The last step.</summary>
    public int LastStep => Steps.Count == 0 ? 0 : Steps.Keys.Max();

    /// <summary>The last step of each round, in their order.</summary>
    public IReadOnlyList<int> TurnEnds => [.. Steps.GroupBy(step => step.Value.Round).Select(round => round.Max(step => step.Key)).Order()];

    /// <summary>Reads what is there; of several lines of a step the last counts.</summary>
    public static RecordedRun Read(string directory) => new(
        Read(Path.Combine(directory, "metrics.jsonl"), line => (line.GetProperty("round").GetInt32(), $"loss {Text(line, "loss")}, lr {Text(line, "lr")}")),
        Read(Path.Combine(directory, "validation.jsonl"), line => $"loss {Text(line, "loss")}{(line.TryGetProperty("files", out var files) ? $", files {files.GetRawText()}" : "")}"));

    private static string Text(JsonElement line, string name) => line.GetProperty(name).GetRawText();

    private static Dictionary<int, T> Read<T>(string path, Func<JsonElement, T> value)
    {
        var read = new Dictionary<int, T>();
        if (!File.Exists(path))
            return read;
        foreach (var line in File.ReadLines(path))
        {
            using var json = JsonDocument.Parse(line);
            read[json.RootElement.GetProperty("step").GetInt32()] = value(json.RootElement);
        }

        return read;
    }
}
