using System.Globalization;
using System.Text;
using FlGlm.Cli.Hosting;
using FlGlm.Cli.LocalRuns;
using FlGlm.Cli.Runs;
using FlGlm.Cli.Simulation;
using FlGlm.Core.Configuration;
using FlGlm.Core.Splitting;
using FlGlm.Privacy.Attacks;
using FlGlm.Privacy.Reports;

namespace FlGlm.Cli.Privacy;

/// <summary>Runs and attacks the cells that have not ended, one after the other.</summary>
/// <param name="folder">For all files.</param>
/// <param name="cells">All of them.</param>
/// <param name="settings">Budgets of the attacks, and the attacker's rows.</param>
internal sealed class PrivacyMeasurement(GridFolder folder, IReadOnlyList<PrivacyCell> cells, PrivacyReportSettings settings)
{
    private readonly Dictionary<string, PrivacyCellResult> _results = [];

    /// <summary>The results so far, in the order of the cells.</summary>
    public IReadOnlyList<(PrivacyCell Cell, PrivacyCellResult Result)> Results =>
        [.. cells.Where(cell => _results.ContainsKey(cell.Name)).Select(cell => (cell, _results[cell.Name]))];

    /// <summary>Measures all cells; one that fails does not end the others.</summary>
    /// <exception cref="LocalRunException">Some have failed.</exception>
    public async Task RunAsync(CommandOutput output, CancellationToken ct)
    {
        List<string> failed = [];
        foreach (var cell in cells)
        {
            if (folder.Read<PrivacyCellResult>(cell.Name) is { } kept)
                _results.Add(cell.Name, kept);
        }

        if (_results.Count > 0)
            output.Write([Line($"{_results.Count} of {cells.Count} cells are kept from before")], new { Kept = _results.Count, Cells = cells.Count }, "progress");
        foreach (var cell in cells.Where(cell => !_results.ContainsKey(cell.Name)).ToList())
        {
            output.Write([$"{cell.Name} begins"], new { Begins = cell.Name }, "progress");
            try
            {
                var result = await MeasureAsync(cell, output, ct);
                folder.Write(cell.Name, result);
                _results.Add(cell.Name, result);
                output.Write([Line($"{_results.Count} of {cells.Count} cells done: {cell.Name}: validation loss {result.Utility.ValidationLoss:F4}")], new { Cell = cell.Name, result.Utility }, "cell");
            }
            catch (FlGlmException e) when (!ct.IsCancellationRequested)
            {
                failed.Add(cell.Name);
                output.Write([$"{cell.Name} failed: {e.Message}"], new { Cell = cell.Name, Failure = e.Message }, "cell");
            }
        }

        if (failed.Count > 0)
            throw new LocalRunException($"{failed.Count} of {cells.Count} cells have not ended well: {string.Join(", ", failed)}; the same command tries them again.");
    }

    private async Task<PrivacyCellResult> MeasureAsync(PrivacyCell cell, CommandOutput output, CancellationToken ct)
    {
        var path = folder.Begin(cell.Name);
        Directory.CreateDirectory(path);
        var run = new LeakageRun(LibraryOptions.Client(cell.Config, seal: null, output: ""), cell.Config.Privacy, path);
        var utility = await run.RecordAsync(ct);
        using var lane = new ComputeLane("attack");
        List<BudgetedAttacks> attacks = [];
        foreach (var (steps, rows) in from steps in settings.Steps from rows in settings.Rows select (steps, rows))
        {
            var budget = new AttackSettings { Steps = steps, Seed = settings.Seed };
            var report = await lane.RunAsync(() => run.Attack([.. settings.Shadow.Select(HomePath.Expand)], rows, budget, line => output.Write([$"{cell.Name}: {line}"], new { Cell = cell.Name, Attack = line }, "progress"), ct), ct);
            attacks.Add(new BudgetedAttacks(steps, rows, report));
        }

        RunFile.Guard(path, () => Tidy(run, path, attacks));
        return new PrivacyCellResult(utility, attacks);
    }

    /// <summary>The recording is removed: it is larger than all else, and every attack has read it.</summary>
    private static void Tidy(LeakageRun run, string path, List<BudgetedAttacks> attacks)
    {
        Directory.Delete(run.Recording, recursive: true);
        var text = new StringBuilder();
        foreach (var budget in attacks)
            text.AppendLine(Line($"Attacks of {budget.Steps} steps on {budget.Rows} rows")).AppendLine().AppendLine(budget.Report.Markdown());
        RunFile.Replace(Path.Combine(path, "attacks.md"), text.ToString());
    }

    private static string Line(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
