using System.CommandLine;
using System.Globalization;
using FlGlm.Cli.CommandLine;
using FlGlm.Cli.Hosting;
using FlGlm.Cli.LocalRuns;
using FlGlm.Core.Configuration;

namespace FlGlm.Cli.Simulation;

/// <summary><c>flglm simulate</c>: runs of a server and its clients on this machine, one for each cell of a grid, and tables and plots of their results.</summary>
internal sealed class SimulateCommand
{
    private readonly Option<string?> _out = new("--out")
    {
        Description = "The folder of runs and results; one of the same configuration is gone on with. Without it runs/simulate-TIMESTAMP.",
        HelpName = "DIR",
    };

    private readonly Option<int> _jobs = new("--jobs")
    {
        Description = "How many cells run at a time.",
        HelpName = "N",
        DefaultValueFactory = _ => 1,
    };

    private readonly Option<bool> _dryRun = new("--dry-run")
    {
        Description = "List the cells, and stop.",
    };

    public static Command Build(CommandHost host) => new SimulateCommand().Declare(host);

    private Command Declare(CommandHost host)
    {
        var command = host.Declare(
            new RunCommand(
                "simulate",
                "Trains with a server and its clients, all on this machine, once for each combination of strategies, clients, tasks and others, and compares the results.",
                Sections: ["model", "split", "optimizer", "training", "serial", "client_batch", "checkpoint", "crypto", "compute", "server", "client", "generation", "evaluation", "run", "simulate"],
                TalksToPeers: false)
            {
                Resolve = SimulateGrid.Resolve,
            },
            RunAsync);
        foreach (var option in new Option[] { _out, _jobs, _dryRun })
            command.Add(option);
        return command;
    }

    private async Task RunAsync(ParseResult parsed, CommandContext context, CommandOutput output)
    {
        var jobs = parsed.GetValue(_jobs);
        if (jobs < 1)
            throw new ConfigurationException("--jobs", $"{jobs} is out of range; 1 cell or more.");
        var cells = SimulateGrid.Cells(context.Config);
        SimulateGrid.CheckPartitions(cells);
        if (parsed.GetValue(_dryRun))
        {
            output.Write(cells.Select(cell => cell.Name), new { Cells = cells });
            return;
        }

        using var folder = SimulateFolder.Open(Out(parsed.GetValue(_out)), context.Config);
        var simulation = new Simulation(folder, cells, jobs);
        await RunAsync(simulation, cells, output, context.StopRequested);
        var plots = SimulatePlots.Write(simulation.Results, folder.Path);
        output.Write(
            [.. simulation.Results.Markdown(), $"written: {folder.Path}: results.csv, results.md, {string.Join(", ", plots)}"],
            new { Out = folder.Path, Cells = simulation.Results.Cells.Select(each => new { each.Cell, each.Result }), Plots = plots });
        if (simulation.Failed is { Count: > 0 } failed)
            throw new LocalRunException($"{failed.Count} of {cells.Count} cells have not ended well: {string.Join(", ", failed.Select(cell => cell.Name))}; their folders in '{folder.Path}' have their logs, and the same command tries them again.");
    }

    private static async Task RunAsync(Simulation simulation, IReadOnlyList<SimulateCell> cells, CommandOutput output, CancellationToken ct)
    {
        var progress = new SimulateProgress(cells, TimeProvider.System);
        var kept = simulation.Keep(progress);
        using var view = SimulateView.Create(output, progress);
        if (kept > 0)
            view.Write([$"{kept} of {cells.Count} cells are kept from before"], new { Kept = kept, Cells = cells.Count }, "progress");
        await simulation.RunAsync(progress, view, ct);
    }

    private static string Out(string? named) => Path.GetFullPath(HomePath.Expand(
        named ?? Path.Combine("runs", $"simulate-{DateTime.Now.ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture)}")));
}
