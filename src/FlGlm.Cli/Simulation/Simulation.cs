using System.Globalization;
using FlGlm.Cli.Hosting;
using FlGlm.Cli.LocalRuns;
using FlGlm.Cli.Web;
using FlGlm.Core.Configuration;

namespace FlGlm.Cli.Simulation;

/// <summary>Runs the cells that have not ended, several at a time.</summary>
/// <param name="folder">For all files; from now on its own.</param>
/// <param name="cells">All of them.</param>
/// <param name="jobs">How many run at a time.</param>
internal sealed class Simulation(GridFolder folder, IReadOnlyList<SimulateCell> cells, int jobs) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, CellResult> _results = [];
    private readonly List<SimulateCell> _failed = [];
    private readonly Dictionary<string, string> _failures = [];

    /// <summary>The results so far, in the order of the cells.</summary>
    public SimulateResults Results
    {
        get
        {
            lock (_gate)
                return new SimulateResults([.. cells.Select(cell => (cell, _results.GetValueOrDefault(cell.Name)))]);
        }
    }

    /// <summary>The cells that have not ended well.</summary>
    public IReadOnlyList<SimulateCell> Failed
    {
        get
        {
            lock (_gate)
                return [.. _failed];
        }
    }

    /// <summary>For all files.</summary>
    public string Folder => folder.Path;

    /// <summary>The simulation of a configuration's cells, in a folder that is made now, or gone on with.</summary>
    /// <exception cref="ConfigurationException">A cell cannot run, or the folder is not for these; nothing is made then.</exception>
    public static Simulation Open(FlGlmConfig config, string path, int jobs)
    {
        if (jobs < 1)
            throw new ConfigurationException("--jobs", $"{jobs} is out of range; 1 cell or more.");
        var cells = SimulateGrid.CheckedCells(config);
        return new Simulation(GridFolder.Open(path, config), cells, jobs);
    }

    /// <summary>Goes on with the results of an earlier start, and shows how far it is.</summary>
    /// <param name="page">Shows it too; null = there is none.</param>
    public async Task RunAsync(CommandOutput output, RunPage? page, CancellationToken ct)
    {
        var progress = new SimulateProgress(cells, TimeProvider.System);
        var kept = Keep(progress);
        page?.Follow(() => Shown(progress));
        using var view = SimulateView.Create(output, progress);
        if (kept > 0)
            view.Write([$"{kept} of {cells.Count} cells are kept from before"], new { Kept = kept, Cells = cells.Count }, "progress");
        await RunAsync(progress, view, ct);
    }

    /// <summary>Lets another process have the folder.</summary>
    public void Dispose() => folder.Dispose();

    /// <summary>After it has run.</summary>
    /// <exception cref="LocalRunException">Cells have not ended well.</exception>
    public void ExpectAllEnded()
    {
        if (Failed is { Count: > 0 } failed)
            throw new LocalRunException($"{failed.Count} of {cells.Count} cells have not ended well: {string.Join(", ", failed.Select(cell => cell.Name))}; their folders in '{folder.Path}' have their logs, and the same command tries them again.");
    }

    /// <summary>Takes the results of an earlier start.</summary>
    /// <returns>how many there are</returns>
    public int Keep(SimulateProgress progress)
    {
        foreach (var cell in cells)
        {
            if (folder.Read<CellResult>(cell.Name) is not { } result)
                continue;
            _results.Add(cell.Name, result);
            progress.Keep(cell);
        }

        return _results.Count;
    }

    /// <summary>Runs them; one that fails does not end the others. The tables are written whenever one has ended.</summary>
    public async Task RunAsync(SimulateProgress progress, SimulateView view, CancellationToken ct)
    {
        Results.Write(folder.Path);
        List<SimulateCell> open = [.. cells.Where(cell => !_results.ContainsKey(cell.Name))];
        if (open.Count == 0)
            return;
        var (_, keys) = LocalFolder.MakeKeys(Path.Combine(folder.Path, "keys"), open.Max(cell => cell.Clients));
        await Parallel.ForEachAsync(
            open, new ParallelOptions { MaxDegreeOfParallelism = jobs, CancellationToken = ct }, async (cell, stop) => await RunAsync(cell, keys, progress, view, stop));
    }

    private async Task RunAsync(
        SimulateCell cell, IReadOnlyDictionary<string, KeysSettings> keys, SimulateProgress progress, SimulateView view, CancellationToken ct)
    {
        progress.Begin(cell);
        view.Begin(cell.Name);
        var run = new CellRun(cell, folder.Begin(cell.Name), keys);
        try
        {
            var result = await run.RunAsync(step => progress.Step(cell, step), ct);
            folder.Write(result.Name, result);
            Add(cell, result);
            progress.End(cell, isDone: true);
            view.Write([$"{progress.Summary()}: {cell.Name}: {LineOf(result)}"], new { Cell = cell, Result = result }, "cell");
        }
        catch (FlGlmException e) when (!ct.IsCancellationRequested)
        {
            Add(cell, null, e.Message);
            progress.End(cell, isDone: false);
            view.Write(
                [$"{progress.Summary()}: {cell.Name} failed: {e.Message}", .. run.LastLines.Select(line => $"    {line}")],
                new { Cell = cell, Failure = e.Message, run.LastLines },
                "cell");
        }
    }

    /// <summary>The grid as it is now, for the page.</summary>
    private object Shown(SimulateProgress progress)
    {
        lock (_gate)
        {
            return new
            {
                Summary = progress.Summary(),
                Cells = progress.States().Select(each => new { each.Name, each.State, each.Step, each.Loss, Failure = _failures.GetValueOrDefault(each.Name), Result = _results.GetValueOrDefault(each.Name) }).ToList(),
            };
        }
    }

    private static string LineOf(CellResult result) => string.Create(
        CultureInfo.InvariantCulture,
        $"{result.SecondsPer1000Samples:F1} s per 1000 samples, loss {result.Loss:F4}{string.Concat(result.Scores.Select(score => string.Create(CultureInfo.InvariantCulture, $", {score.Key} {score.Value:F2}")))}");

    private void Add(SimulateCell cell, CellResult? result, string failure = "")
    {
        lock (_gate)
        {
            _failures[cell.Name] = failure;
            if (result is null)
                _failed.Add(cell);
            else
                _results.Add(cell.Name, result);
            Results.Write(folder.Path);
        }
    }
}
