using System.Globalization;
using FlGlm.Cli.LocalRuns;
using FlGlm.Core.Configuration;

namespace FlGlm.Cli.Simulation;

/// <summary>Runs the cells that have not ended, several at a time.</summary>
/// <param name="folder">For all files.</param>
/// <param name="cells">All of them.</param>
/// <param name="jobs">How many run at a time.</param>
internal sealed class Simulation(SimulateFolder folder, IReadOnlyList<SimulateCell> cells, int jobs)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, CellResult> _results = [];
    private readonly List<SimulateCell> _failed = [];

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

    /// <summary>Takes the results of an earlier start.</summary>
    /// <returns>how many there are</returns>
    public int Keep(SimulateProgress progress)
    {
        foreach (var cell in cells)
        {
            if (folder.Read(cell) is not { } result)
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
        var run = new CellRun(cell, folder.Begin(cell), keys);
        try
        {
            var result = await run.RunAsync(step => progress.Step(cell, step), ct);
            folder.Write(result);
            Add(cell, result);
            progress.End(cell, isDone: true);
            view.Write([$"{progress.Summary()}: {cell.Name}: {LineOf(result)}"], new { Cell = cell, Result = result }, "cell");
        }
        catch (FlGlmException e) when (!ct.IsCancellationRequested)
        {
            Add(cell, null);
            progress.End(cell, isDone: false);
            view.Write(
                [$"{progress.Summary()}: {cell.Name} failed: {e.Message}", .. run.LastLines.Select(line => $"    {line}")],
                new { Cell = cell, Failure = e.Message, run.LastLines },
                "cell");
        }
    }

    private static string LineOf(CellResult result) => string.Create(
        CultureInfo.InvariantCulture,
        $"{result.SecondsPer1000Samples:F1} s per 1000 samples, loss {result.Loss:F4}{string.Concat(result.Scores.Select(score => string.Create(CultureInfo.InvariantCulture, $", {score.Key} {score.Value:F2}")))}");

    private void Add(SimulateCell cell, CellResult? result)
    {
        lock (_gate)
        {
            if (result is null)
                _failed.Add(cell);
            else
                _results.Add(cell.Name, result);
            Results.Write(folder.Path);
        }
    }
}
