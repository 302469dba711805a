using System.Text.Json;

namespace FlGlm.Cli.LocalRuns;

/// <summary>A step, as a process says it with <c>--json</c>.</summary>
/// <param name="Client">Whose step it is.</param>
/// <param name="Step">Counted from 1 over all rounds of this client.</param>
/// <param name="Steps">The client's in all.</param>
/// <param name="Loss">Null where a server says it, which knows none, or where it is not finite.</param>
/// <param name="Seconds">From its begin to its end.</param>
internal sealed record LocalStep(string Client, int Step, int Steps, double? Loss, double Seconds)
{
    /// <summary>Reads a line; null where it is not whole.</summary>
    public static LocalStep? Parse(string line)
    {
        try
        {
            using var json = JsonDocument.Parse(line);
            var step = json.RootElement;
            return new LocalStep(
                step.GetProperty("client").GetString()!,
                step.GetProperty("step").GetInt32(),
                step.GetProperty("steps").GetInt32(),
                step.TryGetProperty("loss", out var loss) && loss.ValueKind == JsonValueKind.Number ? loss.GetDouble() : null,
                step.GetProperty("seconds").GetProperty("total").GetDouble());
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
