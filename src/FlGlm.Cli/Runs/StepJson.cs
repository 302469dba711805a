using System.Text.Json;
using FlGlm.Client.Training;

namespace FlGlm.Cli.Runs;

/// <summary>A step as JSON, the same in metrics.jsonl and in <c>--json</c>.</summary>
internal static class StepJson
{
    /// <summary>Writes the step's fields into the object that is open.</summary>
    public static void Write(Utf8JsonWriter json, StepReport report)
    {
        json.WriteNumber("step", report.Step);
        json.WriteNumber("round", report.Round);
        WriteLoss(json, report.Loss);
        json.WriteNumber("lr", report.LearningRate);
        json.WriteNumber("tokens", report.Tokens);
        json.WriteNumber("bytes_up", report.BytesUp);
        json.WriteNumber("bytes_down", report.BytesDown);
        if (report.Epsilon is { } epsilon && double.IsFinite(epsilon))
            json.WriteNumber("epsilon", epsilon);
        json.WriteStartObject("seconds");
        foreach (var (leg, seconds) in report.Seconds.Legs)
            json.WriteNumber(leg, Math.Round(seconds, 6));
        json.WriteNumber("total", Math.Round(report.Seconds.Total, 6));
        json.WriteEndObject();
    }

    /// <summary>The fewest digits that read back as the same float, so that runs can be compared bit for bit; JSON has no NaN, so it is a string.</summary>
    private static void WriteLoss(Utf8JsonWriter json, float loss)
    {
        if (float.IsFinite(loss))
            json.WriteNumber("loss", loss);
        else
            json.WriteString("loss", float.IsNaN(loss) ? "NaN" : loss > 0 ? "Infinity" : "-Infinity");
    }
}
