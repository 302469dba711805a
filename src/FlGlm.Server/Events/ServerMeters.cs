using System.Diagnostics.Metrics;
using FlGlm.Core.Events;
using FlGlm.Core.Splitting;

namespace FlGlm.Server.Events;

/// <summary>A server's instruments of the meter <see cref="FlGlmTelemetry.Name"/>: counts, sizes and times by client, nothing of what it learns.</summary>
internal static class ServerMeters
{
    private static readonly StepLeg[] Legs = [StepLeg.Queue, StepLeg.Middle, StepLeg.QueueGradient, StepLeg.MiddleBackward];
    private static readonly Counter<long> Steps = Counter("steps", "{step}", "Training steps served.");
    private static readonly Counter<long> Tokens = Counter("tokens", "{token}", "Real tokens of the steps, padding not counted.");
    private static readonly Counter<long> Bytes = Counter("traffic", "By", "Bytes of training steps, frame headers included, by direction (in, out).");
    private static readonly Counter<long> Joined = Counter("clients.joined", "{client}", "Clients that have joined to train.");
    private static readonly Counter<long> Finished = Counter("clients.finished", "{client}", "Clients that have left with their results.");
    private static readonly Counter<long> Lost = Counter("clients.lost", "{client}", "Connections that ended before the client had its results.");
    private static readonly Counter<long> Generating = Counter("generation.sessions", "{session}", "Clients that have joined to generate.");
    private static readonly Counter<long> Rounds = Counter("rounds", "{round}", "Rounds that ended with an average of the adapters.");
    private static readonly Counter<long> RolledBack = Counter("rollbacks", "{rollback}", "Times that a client was put back to a checkpoint.");
    private static readonly Histogram<double> LegSeconds = FlGlmTelemetry.Seconds("flglm.server.leg.duration", "Seconds that a step waited and computed, by leg and client.");
    private static readonly Gauge<int> Waiting = FlGlmTelemetry.Meter.CreateGauge<int>("flglm.server.clients.waiting", "{client}", "Clients that wait for their turn.");

    public static void Record(ServerEvent happened)
    {
        switch (happened)
        {
            case ServerEvent.StepServed step:
                Record(step);
                break;
            case ServerEvent.ClientJoined:
                Joined.Add(1);
                break;
            case ServerEvent.ClientFinished:
                Finished.Add(1);
                break;
            case ServerEvent.ClientLost:
                Lost.Add(1);
                break;
            case ServerEvent.GenerationStarted:
                Generating.Add(1);
                break;
            case ServerEvent.RoundAveraged:
                Rounds.Add(1);
                break;
            case ServerEvent.RolledBack:
                RolledBack.Add(1);
                break;
        }
    }

    private static void Record(ServerEvent.StepServed step)
    {
        var client = FlGlmTelemetry.Tag("client", step.Client);
        Steps.Add(1, client);
        Tokens.Add(step.Tokens, client);
        Bytes.Add(step.BytesIn, client, FlGlmTelemetry.Tag("direction", "in"));
        Bytes.Add(step.BytesOut, client, FlGlmTelemetry.Tag("direction", "out"));
        Waiting.Record(step.Waiting);
        if (!LegSeconds.Enabled)
            return;
        foreach (var leg in Legs)
            LegSeconds.Record(step.Seconds[leg], client, FlGlmTelemetry.Tag("leg", StepTimings.NameOf(leg)));
    }

    private static Counter<long> Counter(string name, string unit, string description) =>
        FlGlmTelemetry.Meter.CreateCounter<long>($"flglm.server.{name}", unit, description);
}
