using System.Diagnostics;
using FlGlm.Core.Events;
using FlGlm.Core.Splitting;
using Google.Protobuf;

namespace FlGlm.Client.Training;

/// <summary>The trace of a step, where somebody listens (<see cref="FlGlmTelemetry"/>): a span of the whole step, and one of each leg.</summary>
internal sealed class StepTrace : IDisposable
{
    private readonly Activity _step;
    private readonly IMiddle _middle;
    private readonly (long Up, long Down) _before;
    private bool _isTaken;

    private StepTrace(Activity step, IMiddle middle) => (_step, _middle, _before) = (step, middle, middle.Traffic);

    /// <summary>The 16 bytes that the server's part of the trace needs; none outside a trace.</summary>
    public static ByteString Id => Current is { Recorded: true } step ? ByteString.CopyFrom(Convert.FromHexString(step.TraceId.ToHexString())) : ByteString.Empty;

    /// <summary>Timings of the step under way, which remember when each leg was if it is traced.</summary>
    public static StepTimings NewTimings() => new() { Laps = Current is null ? null : [] };

    private static Activity? Current => Activity.Current is { } step && step.Source == FlGlmTelemetry.Source ? step : null;

    /// <summary>Begins the trace of the step that the caller takes.</summary>
    /// <returns>null where nobody listens</returns>
    public static StepTrace? Begin(long step, IMiddle middle)
    {
        if (FlGlmTelemetry.Source.StartActivity("step", ActivityKind.Client) is not { } activity)
            return null;
        activity.SetTag("flglm.step", step);
        return new StepTrace(activity, middle);
    }

    /// <summary>The step is taken.</summary>
    public void End(StepResult result)
    {
        var (up, down) = _middle.Traffic;
        _step.SetTag("flglm.tokens", result.Tokens);
        _step.SetTag("flglm.bytes_up", up - _before.Up);
        _step.SetTag("flglm.bytes_down", down - _before.Down);
        _isTaken = true;
        foreach (var lap in result.Seconds.Laps ?? [])
        {
            if (lap.Bytes > 0)
                FlGlmTelemetry.AddSpan(_step.Context, lap.Name, lap.Begin, lap.End, ("flglm.bytes", lap.Bytes));
            else
                FlGlmTelemetry.AddSpan(_step.Context, lap.Name, lap.Begin, lap.End);
        }
    }

    public void Dispose()
    {
        if (!_isTaken)
            _step.SetStatus(ActivityStatusCode.Error);
        _step.Dispose();
    }
}
