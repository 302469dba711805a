using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using FlGlm.Cli.Hosting;
using FlGlm.Cli.Runs;
using FlGlm.Client.Training;
using FlGlm.Core.Events;
using FlGlm.Core.Splitting;
using FlGlm.Server.Events;

namespace FlGlm.Cli.Views;

/// <summary>One JSON object per line: <c>event</c> is <c>step</c>, <c>served</c> or <c>log</c>.</summary>
internal sealed class JsonView(TextWriter output, bool insecure) : IRunView
{
    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly Lock _lock = new();

    public void Show(RunEvent happened)
    {
        switch (happened)
        {
            case StepReport step:
                Show(step);
                break;
            case ServerEvent.StepServed step:
                Show(step);
                break;
        }
    }

    public void Message(string level, string message) => Write("log", json =>
    {
        json.WriteString("level", level);
        json.WriteString("message", message);
    });

    public void Result(IEnumerable<string> lines, object result)
    {
        lock (_lock)
            output.WriteLine(JsonLines.Line("result", result));
    }

    public void Dispose() => output.Flush();

    private void Show(StepReport report) => Write("step", json =>
    {
        json.WriteString("client", report.Client);
        json.WriteNumber("steps", report.Steps);
        StepJson.Write(json, report);
    });

    private void Show(ServerEvent.StepServed step) => Write("served", json =>
    {
        json.WriteString("client", step.Client);
        json.WriteNumber("step", step.Step);
        json.WriteNumber("steps", step.Steps);
        json.WriteNumber("round", step.Round);
        json.WriteNumber("tokens", step.Tokens);
        json.WriteNumber("waiting", step.Waiting);
        json.WriteNumber("bytes_in", step.BytesIn);
        json.WriteNumber("bytes_out", step.BytesOut);
        json.WriteStartObject("seconds");
        foreach (var leg in new[] { StepLeg.Queue, StepLeg.Middle, StepLeg.QueueGradient, StepLeg.MiddleBackward })
            json.WriteNumber(StepTimings.NameOf(leg), Math.Round(step.Seconds[leg], 6));
        json.WriteNumber("total", Math.Round(step.Seconds.Total, 6));
        json.WriteEndObject();
    });

    private void Write(string name, Action<Utf8JsonWriter> fields)
    {
        var line = new MemoryStream();
        using (var json = new Utf8JsonWriter(line, Readable))
        {
            json.WriteStartObject();
            json.WriteString("event", name);
            if (insecure)
                json.WriteBoolean("insecure", true);
            fields(json);
            json.WriteEndObject();
        }

        lock (_lock)
            output.WriteLine(Encoding.UTF8.GetString(line.GetBuffer().AsSpan(0, (int)line.Length)));
    }
}
