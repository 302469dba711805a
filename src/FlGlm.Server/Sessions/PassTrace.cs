using System.Diagnostics;
using FlGlm.Core.Configuration;
using FlGlm.Core.Events;
using FlGlm.Core.Splitting;
using Google.Protobuf;

namespace FlGlm.Server.Sessions;

/// <summary>The server's part of a step's trace: how long a pass waited, and how long the middle computed it. The client's part has the same trace id.</summary>
internal static class PassTrace
{
    private const int IdBytes = 16;

    /// <exception cref="ProtocolException">It is no trace id.</exception>
    public static void Expect(ByteString id)
    {
        if (id.Length is not (0 or IdBytes))
            throw new ProtocolException(FaultCode.Malformed, $"A trace id of {id.Length} bytes came; it has {IdBytes}, or none.");
    }

    /// <summary>Adds the spans of a pass that has just been computed.</summary>
    /// <param name="id">the client's; empty = it makes no trace</param>
    /// <param name="queue">the leg of the wait; that of the computation follows it</param>
    /// <param name="begun">when the pass was requested, as <see cref="Stopwatch.GetTimestamp"/></param>
    public static void Add(ByteString id, StepLeg queue, StepTimings seconds, long begun, int tokens)
    {
        if (id.IsEmpty || !FlGlmTelemetry.Source.HasListeners() || id.All(value => value == 0))
            return;
        var trace = new ActivityContext(ActivityTraceId.CreateFromBytes(id.Span), spanId: default, ActivityTraceFlags.Recorded, isRemote: true);
        var computes = begun + Ticks(seconds[queue]);
        FlGlmTelemetry.AddSpan(trace, StepTimings.NameOf(queue), begun, computes, ("flglm.tokens", tokens));
        FlGlmTelemetry.AddSpan(trace, StepTimings.NameOf(queue + 1), computes, computes + Ticks(seconds[queue + 1]), ("flglm.tokens", tokens));
    }

    private static long Ticks(double seconds) => (long)(seconds * Stopwatch.Frequency);
}
