using FlGlm.Cli.Views;
using FlGlm.Cli.Web.Plots;
using FlGlm.Client.Events;
using FlGlm.Client.Training;
using FlGlm.Core.Splitting;

namespace FlGlm.Cli.Web.State;

/// <summary>What the page shows of a client, or of a trainer in one process. Not for several threads at once.</summary>
internal sealed class ClientFigures(RunFacts facts)
{
    /// <summary>Beyond it further names share a curve.</summary>
    private const int MaxCurves = 16;

    private readonly SortedDictionary<string, StepCurves> _curves = new(StringComparer.Ordinal);
    private readonly LegCurves _legCurves = new(Enum.GetValues<StepLeg>());
    private readonly LegMeans _legs = new(Enum.GetValues<StepLeg>());
    private readonly Pace _pace = new();
    private string _server = "";
    private string _last = "";
    private StepReport? _step;
    private ClientEvent.Queued? _queued;
    private ClientEvent.Validated? _validated;
    private int? _keyPeriod;
    private long _bytesUp;
    private long _bytesDown;

    /// <summary>What the client does: loading, connecting, waiting, training, validating or ended.</summary>
    public string State { get; private set; } = "loading";

    /// <summary>More of it in words; empty = nothing.</summary>
    public string Detail { get; private set; } = "";

    public void Show(ClientEvent happened)
    {
        if (StateAfter(happened) is { } state)
            (State, Detail) = state;
        switch (happened)
        {
            case StepReport step:
                Add(step);
                break;
            case ClientEvent.Validated validated:
                Add(validated);
                break;
            case ClientEvent.Queued queued:
                _queued = queued;
                break;
            case ClientEvent.TurnStarted:
                _queued = null;
                break;
            case ClientEvent.Connected connected:
                (_server, _keyPeriod) = ($"{connected.Server}, {(connected.Sealed ? "sealed" : "INSECURE")}", connected.Sealed ? 1 : null);
                break;
            case ClientEvent.KeysRenewed:
                _keyPeriod++;
                break;
            case ClientEvent.RolledBack back:
                foreach (var curves in _curves.Values)
                    curves.RemoveAfter(back.Step);
                _legCurves.RemoveAfter(back.Step);
                break;
        }
    }

    /// <summary>The figures, for JSON.</summary>
    public object Shown() => new
    {
        _step?.Client,
        Server = _server,
        _step?.Step,
        _step?.Steps,
        _step?.Round,
        Loss = PageJson.Number(_step?.Loss),
        _step?.LearningRate,
        _step?.Tokens,
        TokensPerSecond = PageJson.Number(_pace.TokensPerSecond),
        LeftS = _step is null ? null : PageJson.Number(_pace.Left.TotalSeconds),
        _step?.BytesUp,
        _step?.BytesDown,
        TotalUp = _bytesUp,
        TotalDown = _bytesDown,
        FloorEachWay = _step is { BytesUp: > 0 } ? facts.FloorEachWay(_step.Tokens) : null,
        Queue = _queued is null ? null : new { _queued.Position, _queued.Waiting },
        KeyPeriod = _keyPeriod,
        Validation = _validated is null ? null : new
        {
            _validated.Step,
            Loss = PageJson.Number(_validated.Loss.Loss),
            _validated.IsBest,
            Metrics = _validated.Loss.Metrics.Select(metric => new { metric.Name, Value = PageJson.Number(metric.Value) }),
        },
        Legs = _legs.Shown,
        StepS = PageJson.Number(_legs.Total),
    };

    /// <summary>The plots that have something to show.</summary>
    public IEnumerable<PlotData> Plots()
    {
        var loss = Lines(curves => curves.Loss, "loss");
        yield return new PlotData("loss", "Loss", "loss", [.. loss, .. Lines(curves => curves.Validation, "validation", loss.Count)]);
        yield return new PlotData("metric", "Task metric of validations", "percent", Lines(curves => curves.Metric, "metric"));
        yield return new PlotData("speed", "Speed", "tokens per second", Lines(curves => curves.TokensPerSecond, "tokens/s"));
        yield return new PlotData("rate", "Learning rate", "learning rate", Lines(curves => curves.LearningRate, "rate"));
        yield return new PlotData("legs", "Where the time of a step goes", "seconds", _legCurves.Series()) { IsStacked = true };
    }

    private static (string State, string Detail)? StateAfter(ClientEvent happened) => happened switch
    {
        StepReport or ClientEvent.TurnStarted or ClientEvent.Validated => ("training", ""),
        ClientEvent.Validating => ("validating", ""),
        ClientEvent.Retrying retrying => ("connecting", retrying.Attempt.Reason),
        ClientEvent.ConnectionLost lost => ("connecting", lost.Reason),
        ClientEvent.Redirected redirected => ("connecting", redirected.Address),
        ClientEvent.Connected or ClientEvent.PlanAccepted => ("waiting", ""),
        ClientEvent.Resumed => ("training", ""),
        ClientEvent.Queued queued => ("waiting", FormattableString.Invariant($"place {queued.Position} of {queued.Waiting}")),
        ClientEvent.WaitingFor waiting => ("waiting", waiting.For),
        ClientEvent.TurnEnded => ("waiting", "the other clients"),
        ClientEvent.Ended ended => ("ended", ended.Outcome.ToString()),
        _ => null,
    };

    private void Add(StepReport step)
    {
        (_step, _last) = (step, step.Client);
        _pace.Add(step.Step, step.Steps, step.Tokens, step.Seconds.Total);
        (_bytesUp, _bytesDown) = (_bytesUp + step.BytesUp, _bytesDown + step.BytesDown);
        _legs.Add(step.Seconds);
        _legCurves.Add(step.Step, step.Seconds);
        var curves = CurvesOf(step.Client);
        curves.Loss.Add(step.Step, step.Loss);
        curves.LearningRate.Add(step.Step, step.LearningRate);
        curves.TokensPerSecond.Add(step.Step, step.Tokens / step.Seconds.Total);
    }

    private void Add(ClientEvent.Validated validated)
    {
        _validated = validated;
        var curves = CurvesOf(_last);
        curves.Validation.Add(validated.Step, validated.Loss.Loss);
        if (validated.Loss.Metrics is [var first, ..])
            curves.Metric.Add(validated.Step, 100 * first.Value);
    }

    private StepCurves CurvesOf(string client)
    {
        if (_curves.TryGetValue(client, out var known))
            return known;
        if (_curves.Remove("", out var before) || _curves.Count < MaxCurves)
            return _curves[client] = before ?? new StepCurves(); // A validation comes before the first step, and names no client.
        return _curves.Values.Last();
    }

    /// <summary>Of one client the line is called after what it is, of several after each.</summary>
    private List<PlotSeries> Lines(Func<StepCurves, Curve> curve, string what, int firstColour = 0) =>
    [
        .. _curves.Where(each => curve(each.Value).Buckets.Count > 0)
            .Select((each, index) => new PlotSeries(_curves.Count == 1 ? what : $"{each.Key}: {what}", firstColour + index, curve(each.Value).Points)),
    ];
}
