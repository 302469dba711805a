using System.Diagnostics.Metrics;
using FlGlm.Client.Training;
using FlGlm.Core.Events;

namespace FlGlm.Client.Events;

/// <summary>A client's instruments of the meter <see cref="FlGlmTelemetry.Name"/>. All have the client's name as <c>client</c> where the event has it.</summary>
internal static class ClientMeters
{
    private static readonly Counter<long> Steps = Counter("steps", "{step}", "Training steps taken.");
    private static readonly Counter<long> Tokens = Counter("tokens", "{token}", "Real tokens of the steps, padding not counted.");
    private static readonly Counter<long> Bytes = Counter("traffic", "By", "Bytes of training steps, frame headers included, by direction (up, down).");
    private static readonly Counter<long> Connections = Counter("connections", "{connection}", "Connections to the server, the first one and those after a loss.");
    private static readonly Histogram<double> StepSeconds = FlGlmTelemetry.Seconds("flglm.client.step.duration", "Seconds of a training step.");
    private static readonly Histogram<double> LegSeconds = FlGlmTelemetry.Seconds("flglm.client.leg.duration", "Seconds of each leg of a training step.");
    private static readonly Gauge<double> Loss = Gauge("loss", "{nat}", "Training loss of the last step.");
    private static readonly Gauge<double> LearningRate = Gauge("learning_rate", null, "Learning rate of the last step.");
    private static readonly Gauge<double> ValidationLoss = Gauge("validation.loss", "{nat}", "The last validation loss.");
    private static readonly Gauge<double> ValidationMetric = Gauge("validation.metric", null, "The task's metrics at the last validation, by metric.");
    private static readonly Gauge<int> QueuePlace = FlGlmTelemetry.Meter.CreateGauge<int>("flglm.client.queue.place", "{client}", "Turns to come before this client's; 1 = next.");

    public static void Record(ClientEvent happened)
    {
        switch (happened)
        {
            case StepReport step:
                Record(step);
                break;
            case ClientEvent.Validated { Loss: var result }:
                ValidationLoss.Record(result.Loss);
                foreach (var metric in result.Metrics)
                    ValidationMetric.Record(metric.Value, FlGlmTelemetry.Tag("metric", metric.Name));
                break;
            case ClientEvent.Queued queued:
                QueuePlace.Record(queued.Position);
                break;
            case ClientEvent.Connected:
                Connections.Add(1);
                break;
        }
    }

    private static void Record(StepReport step)
    {
        var client = FlGlmTelemetry.Tag("client", step.Client);
        Steps.Add(1, client);
        Tokens.Add(step.Tokens, client);
        Bytes.Add(step.BytesUp, client, FlGlmTelemetry.Tag("direction", "up"));
        Bytes.Add(step.BytesDown, client, FlGlmTelemetry.Tag("direction", "down"));
        Loss.Record(step.Loss, client);
        LearningRate.Record(step.LearningRate, client);
        StepSeconds.Record(step.Seconds.Total, client);
        if (!LegSeconds.Enabled)
            return;
        foreach (var (leg, seconds) in step.Seconds.Legs)
            LegSeconds.Record(seconds, client, FlGlmTelemetry.Tag("leg", leg));
    }

    private static Counter<long> Counter(string name, string unit, string description) =>
        FlGlmTelemetry.Meter.CreateCounter<long>($"flglm.client.{name}", unit, description);

    private static Gauge<double> Gauge(string name, string? unit, string description) =>
        FlGlmTelemetry.Meter.CreateGauge<double>($"flglm.client.{name}", unit, description);
}
