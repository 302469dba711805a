using FlGlm.Cli.Runs;
using FlGlm.Cli.Web.Plots;
using FlGlm.Client.Evaluation;
using FlGlm.Client.Events;
using FlGlm.Core.Events;
using FlGlm.Server.Events;

namespace FlGlm.Cli.Web.State;

/// <summary>One side of a run, a tab of the page. Any thread may call it.</summary>
/// <param name="page">What it belongs to.</param>
/// <param name="name">Of the tab.</param>
/// <param name="facts">Of its run.</param>
/// <param name="logsEvents">Whether its log is made of its events, since nothing else writes to it.</param>
internal sealed class SideState(PageState page, string name, RunFacts facts, bool logsEvents)
{
    private readonly Lock _gate = new();
    private readonly PageLog _log = new();
    private ClientFigures? _client;
    private volatile ServerFigures? _server;
    private EvaluationEvent.Progress? _answered;
    private EvaluationSummary? _scores;

    public string Name => name;

    /// <summary>What a simulation says of itself whenever somebody looks; null = it is none.</summary>
    public Func<object>? Simulation { get; set; }

    /// <summary>Something has happened: a few fields change.</summary>
    public void Show(RunEvent happened)
    {
        lock (_gate)
            Take(happened);
        if (logsEvents)
        {
            foreach (var (isWarning, text) in EventText.Lines(happened))
                Message(isWarning ? "warning" : "information", text);
        }

        page.Change();
    }

    /// <summary>A line of the log.</summary>
    public void Message(string level, string message)
    {
        lock (_gate)
            _log.Add(new PageLogLine(page.NextLine(), page.Time.GetUtcNow(), level, message));
        page.Change();
    }

    /// <summary>All figures, and the lines of the log after one, for JSON.</summary>
    public object Shown(long afterLine)
    {
        var (simulation, gpus) = (Simulation?.Invoke(), _server is null ? null : GpuMemory.Read()); // whatever takes time, before the lock
        lock (_gate)
        {
            return new
            {
                Name,
                State = StateOf(),
                _client?.Detail,
                Client = _client?.Shown(),
                Server = _server?.Shown(gpus),
                Evaluation = _answered is null && _scores is null ? null : new
                {
                    _answered?.Done,
                    _answered?.Total,
                    PerSecond = PageJson.Number(_answered?.PerSecond),
                    Metrics = _scores?.Metrics.Select(metric => new { metric.Name, Value = PageJson.Number(metric.Value) }),
                },
                Simulation = simulation,
                Plots = Plots().Where(plot => plot.HasPoints).Select(plot => new { plot.Name, plot.Title, Series = plot.Series.Select(series => new { series.Name, series.Colour }).ToList() }).ToList(),
                Log = _log.After(afterLine).Select(line => new { line.Number, Time = line.Time.ToUnixTimeMilliseconds(), line.Level, line.Text }),
            };
        }
    }

    /// <summary>A plot as it is now; null where there is none of this name, or nothing to show.</summary>
    public PlotData? Plot(string plot)
    {
        lock (_gate)
            return Plots().FirstOrDefault(each => each.Name == plot && each.HasPoints);
    }

    private IEnumerable<PlotData> Plots() => (_client?.Plots() ?? []).Concat(_server?.Plots() ?? []);

    private string StateOf()
    {
        var own = _client?.State ?? _server?.State ?? (_answered is not null ? "evaluating" : page.HasSeveralSides || Simulation is not null ? "running" : "loading");
        return page.Ended is { } ended && (own != "ended" || ended == PageState.Failed) ? ended : own;
    }

    private void Take(RunEvent happened)
    {
        switch (happened)
        {
            case ClientEvent client:
                (_client ??= new ClientFigures(facts)).Show(client);
                break;
            case ServerEvent server:
                (_server ??= new ServerFigures(facts, page.Time)).Show(server);
                break;
            case EvaluationEvent.Progress progress:
                _answered = progress;
                break;
            case EvaluationEvent.Finished finished:
                _scores = finished.Summary;
                break;
        }
    }
}
