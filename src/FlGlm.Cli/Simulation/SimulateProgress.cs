using System.Globalization;
using FlGlm.Cli.LocalRuns;

namespace FlGlm.Cli.Simulation;

/// <summary>How far a simulation is. Any thread may call it.</summary>
/// <param name="cells">All of them.</param>
/// <param name="time">The clock.</param>
internal sealed class SimulateProgress(IReadOnlyList<SimulateCell> cells, TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly long _begun = time.GetTimestamp();
    private readonly OrderedDictionary<string, (SimulateCell Cell, Dictionary<string, LocalStep> Clients)> _running = [];
    private readonly HashSet<string> _kept = [];
    private readonly Dictionary<string, bool> _ended = [];
    private int _done;
    private int _failed;
    private double _workDone;

    /// <summary>A cell has ended in an earlier start.</summary>
    public void Keep(SimulateCell cell)
    {
        lock (_gate)
            _kept.Add(cell.Name);
    }

    /// <summary>A cell begins.</summary>
    public void Begin(SimulateCell cell)
    {
        lock (_gate)
            _running.Add(cell.Name, (cell, []));
    }

    /// <summary>A client of a cell has taken a step.</summary>
    public void Step(SimulateCell cell, LocalStep step)
    {
        lock (_gate)
            _running[cell.Name].Clients[step.Client] = step;
    }

    /// <summary>A cell has ended.</summary>
    public void End(SimulateCell cell, bool isDone)
    {
        lock (_gate)
        {
            _running.Remove(cell.Name);
            _ended[cell.Name] = isDone;
            _workDone += WorkOf(cell);
            (_done, _failed) = (_done + (isDone ? 1 : 0), _failed + (isDone ? 0 : 1));
        }
    }

    /// <summary>Cells by their state, and the time left.</summary>
    public string Summary()
    {
        lock (_gate)
        {
            var (done, open) = (_kept.Count + _done, cells.Count - _kept.Count - _done - _failed);
            var failed = _failed > 0 ? string.Create(CultureInfo.InvariantCulture, $", {_failed} failed") : "";
            var left = open > 0 && Left() is { } time ? $", about {Clock(time)} left" : "";
            return string.Create(CultureInfo.InvariantCulture, $"{done} of {cells.Count} cells done{failed}{left}");
        }
    }

    /// <summary>The cells that run: the name, the step of the slowest client, and the last loss.</summary>
    public IReadOnlyList<(string Name, string Step, string Loss)> Running()
    {
        lock (_gate)
            return [.. _running.Values.Select(running => (running.Cell.Name, StepOf(running.Cell, running.Clients), LossOf(running.Clients)))];
    }

    /// <summary>All cells: open, running, done or failed, and of those that run as <see cref="Running"/>.</summary>
    public IReadOnlyList<(string Name, string State, string Step, string Loss)> States()
    {
        var running = Running().ToDictionary(each => each.Name);
        lock (_gate)
        {
            return [.. cells.Select(cell => running.TryGetValue(cell.Name, out var each)
                ? (cell.Name, "running", each.Step, each.Loss)
                : (cell.Name, _kept.Contains(cell.Name) ? "done" : _ended.TryGetValue(cell.Name, out var isDone) ? isDone ? "done" : "failed" : "open", "", ""))];
        }
    }

    private static string StepOf(SimulateCell cell, Dictionary<string, LocalStep> clients)
    {
        if (clients.Count == 0)
            return "starting";
        var (step, steps) = (clients.Count < cell.Clients ? 0 : clients.Values.Min(client => client.Step), clients.Values.First().Steps);
        return step == steps ? "ending" : string.Create(CultureInfo.InvariantCulture, $"{step}/{steps}");
    }

    private static string LossOf(Dictionary<string, LocalStep> clients) =>
        clients.Count == 0 ? "" : clients.Values.Average(client => client.Loss ?? double.NaN).ToString("F4", CultureInfo.InvariantCulture);

    private static string Clock(TimeSpan time) =>
        time.TotalHours < 1 ? $"{time.Minutes}:{time.Seconds:00}" : $"{(int)time.TotalHours}:{time.Minutes:00}:{time.Seconds:00}";

    /// <summary>All steps to take count alike, whichever strategy; null before the first one.</summary>
    private TimeSpan? Left()
    {
        var done = _workDone + _running.Values.Sum(running => WorkOf(running.Cell) * running.Clients.Values.Sum(client => (double)client.Step / client.Steps) / running.Cell.Clients);
        var all = cells.Where(cell => !_kept.Contains(cell.Name)).Sum(WorkOf);
        return done > 0 ? time.GetElapsedTime(_begun) * ((all - done) / done) : null;
    }

    private static double WorkOf(SimulateCell cell)
    {
        var training = cell.Config.Training;
        return cell.Clients * (training.Epochs > 0 ? training.Epochs : training.Steps) * training.Rounds;
    }
}
