using FlGlm.Cli.CommandLine;
using FlGlm.Cli.Views;
using FlGlm.Cli.Web.Plots;
using FlGlm.Core.Configuration;
using FlGlm.Core.Splitting;
using FlGlm.Server.Events;

namespace FlGlm.Cli.Web.State;

/// <summary>What the page shows of a server: nothing of a text, a label or a loss, which its events do not have. Not for several threads at once.</summary>
internal sealed class ServerFigures(RunFacts facts, TimeProvider time)
{
    /// <summary>A server that anybody may try to join keeps no more names than this.</summary>
    private const int MaxClients = 256;

    private readonly OrderedDictionary<string, ServedClient> _clients = new(StringComparer.Ordinal);
    private readonly HashSet<string> _generating = new(StringComparer.Ordinal);
    private readonly LegCurves _legCurves = new(LegCurves.OfServer);
    private readonly LegMeans _legs = new(LegCurves.OfServer);
    private readonly Curve _speed = new();
    private readonly Pace _pace = new();
    private ServerEvent.Listening? _listening;
    private DateTimeOffset? _started;
    private double _busy;
    private int _served;
    private int _round;
    private int _waiting;
    private long _caches;

    /// <summary>What the server does: loading, waiting, training or generating.</summary>
    public string State { get; private set; } = "loading";

    public void Show(ServerEvent happened)
    {
        switch (happened)
        {
            case ServerEvent.Listening listening:
                (_listening, State) = (listening, listening.RunId.Length == 0 ? "generating" : "waiting");
                break;
            case ServerEvent.ClientJoined joined:
                Set(joined.Client, "joined")?.Samples = joined.Samples;
                break;
            case ServerEvent.Started started:
                Start(started);
                break;
            case ServerEvent.TurnStarted turn:
                Begin(turn);
                break;
            case ServerEvent.StepServed step:
                Add(step);
                break;
            case ServerEvent.RoundAveraged averaged:
                _round = averaged.Round;
                break;
            case ServerEvent.ClientFinished finished when _clients.ContainsKey(finished.Client):
                Set(finished.Client, "finished");
                break;
            case ServerEvent.ClientLost lost when _clients.ContainsKey(lost.Client):
                Set(lost.Client, "lost")?.Reason = lost.Reason;
                break;
            case ServerEvent.GenerationStarted generating:
                _generating.Add(generating.Client);
                break;
            case ServerEvent.GenerationEnded ended:
                _generating.Remove(ended.Client);
                break;
            case ServerEvent.CachesHeld held:
                _caches = held.Bytes;
                break;
        }
    }

    /// <summary>The figures, for JSON.</summary>
    /// <param name="gpus">Their memory; null = there are none.</param>
    public object Shown(IReadOnlyList<object>? gpus) => new
    {
        _listening?.Address,
        _listening?.RunId,
        _listening?.Sealed,
        Expected = _listening?.Clients,
        Strategy = EnumWords.Of(facts.Strategy),
        Round = _round,
        StepsServed = _served,
        TokensPerSecond = PageJson.Number(_pace.TokensPerSecond),
        Waiting = _waiting,
        IdleShare = IdleShare(),
        Generating = _generating.Order(StringComparer.Ordinal).ToList(),
        Clients = Clients(),
        Legs = _legs.Shown,
        StepS = PageJson.Number(_legs.Total),
        Memory = Memory(gpus),
    };

    /// <summary>The plots that have something to show.</summary>
    public IEnumerable<PlotData> Plots()
    {
        yield return new PlotData("legs", "Where the middle's time of a step goes", "seconds", _legCurves.Series()) { XLabel = "steps served", IsStacked = true };
        yield return new PlotData("speed", "Speed", "tokens per second", [new PlotSeries("tokens/s", 0, _speed.Points)]) { XLabel = "steps served" };
    }

    private void Start(ServerEvent.Started started)
    {
        (State, _started) = ("training", time.GetUtcNow());
        foreach (var client in started.Clients)
            Set(client, "waiting");
    }

    private void Begin(ServerEvent.TurnStarted turn)
    {
        (_round, State) = (turn.Round, "training");
        foreach (var other in _clients.Values.Where(other => other.State == "training"))
            other.State = "waiting";
        Set(turn.Client, "training");
    }

    private void Add(ServerEvent.StepServed step)
    {
        (_served, _waiting, _round) = (_served + 1, step.Waiting, step.Round);
        _started ??= time.GetUtcNow();
        _busy += step.Seconds[StepLeg.Middle] + step.Seconds[StepLeg.MiddleBackward];
        _legs.Add(step.Seconds);
        _legCurves.Add(_served, step.Seconds);
        _pace.Add(step.Step, step.Steps, step.Tokens, step.Seconds.Total);
        _speed.Add(_served, step.Tokens / step.Seconds.Total);
        Set(step.Client, "training")?.Add(step);
    }

    /// <summary>The share of the time in which the middle has computed no pass, from the beginning until the last client has left; in a joint step all clients report the same passes.</summary>
    private double? IdleShare()
    {
        var end = _clients.Values.Any(client => client.IsPresent) ? time.GetUtcNow() : _clients.Values.Select(client => client.Seen).DefaultIfEmpty(time.GetUtcNow()).Max();
        if (_started is not { } started || end - started is not { Ticks: > 0 } elapsed)
            return null;
        var together = facts.Strategy == StrategyName.ClientBatch ? Math.Max(1, _clients.Count) : facts.Devices;
        return Math.Round(Math.Clamp(1 - (_busy / together / elapsed.TotalSeconds), 0, 1), 4);
    }

    private object[] Clients()
    {
        var mean = _clients.Count > 0 ? _clients.Values.Average(client => client.Step) : 0;
        return
        [
            .. _clients.Values.Select(client => new
            {
                client.Name,
                client.State,
                client.Reason,
                client.Samples,
                client.Step,
                client.Steps,
                Share = mean > 0 ? Math.Round(client.Step / mean, 3) : (double?)null,
                QueueS = Math.Round(client.QueueS, 3),
                Seen = client.Seen.ToUnixTimeMilliseconds(),
            }),
        ];
    }

    private object Memory(IReadOnlyList<object>? gpus)
    {
        var replicas = facts.Strategy == StrategyName.ServerHierarchical ? Math.Max(1, _clients.Values.Count(client => client.IsPresent)) : 1;
        return new
        {
            Process = Environment.WorkingSet,
            Base = facts.WeightBytes,
            Trained = facts.TrainingBytes * replicas,
            Replicas = replicas,
            Caches = _caches,
            Gpus = gpus,
        };
    }

    private ServedClient? Set(string name, string state)
    {
        if (!_clients.TryGetValue(name, out var client))
        {
            if (_clients.Count == MaxClients)
                return null;
            _clients.Add(name, client = new ServedClient(name));
        }

        (client.State, client.Seen) = (state, time.GetUtcNow());
        if (state != "lost")
            client.Reason = "";
        return client;
    }
}
