using System.CommandLine;
using System.Globalization;
using FlGlm.Cli.CommandLine;
using FlGlm.Cli.Hosting;
using FlGlm.Core.Configuration;

namespace FlGlm.Cli.Simulation;

/// <summary><c>flglm simulate</c>: runs of a server and its clients on this machine, one for each cell of a grid, and tables and plots of their results.</summary>
internal sealed class SimulateCommand
{
    /// <summary>The sections of the configuration that its runs use.</summary>
    public static IReadOnlyCollection<string> Sections { get; } =
        ["model", "split", "optimizer", "training", "serial", "client_batch", "checkpoint", "crypto", "compute", "server", "client", "generation", "evaluation", "run", "simulate"];

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
                Sections,
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
        if (parsed.GetValue(_dryRun))
        {
            var cells = SimulateGrid.CheckedCells(context.Config);
            output.Write(cells.Select(cell => cell.Name), new { Cells = cells });
            return;
        }

        using var simulation = Simulation.Open(context.Config, Out(parsed.GetValue(_out)), parsed.GetValue(_jobs));
        await simulation.RunAsync(output, context.StopRequested);
        var plots = SimulatePlots.Write(simulation.Results, simulation.Folder);
        output.Write(
            [.. simulation.Results.Markdown(), $"written: {simulation.Folder}: results.csv, results.md, {string.Join(", ", plots)}"],
            new { Out = simulation.Folder, Cells = simulation.Results.Cells.Select(each => new { each.Cell, each.Result }), Plots = plots });
        simulation.ExpectAllEnded();
    }

    private static string Out(string? named) => Path.GetFullPath(HomePath.Expand(
        named ?? Path.Combine("runs", $"simulate-{DateTime.Now.ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture)}")));
}
