using System.CommandLine;
using FlGlm.Cli.CommandLine;
using FlGlm.Cli.Hosting;

namespace FlGlm.Cli.Simulation;

/// <summary><c>flglm simulate</c>: runs of a server and its clients on this machine, one for each cell of a grid, and tables and plots of their results.</summary>
internal sealed class SimulateCommand
{
    /// <summary>The sections of the configuration that its runs use.</summary>
    public static IReadOnlyCollection<string> Sections { get; } =
        ["model", "split", "optimizer", "training", "serial", "client_batch", "checkpoint", "crypto", "compute", "server", "client", "generation", "evaluation", "run", "web", "simulate"];

    private readonly SimulateOptions _options = new("simulate");

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
        foreach (var option in _options.All.Concat([_dryRun]))
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

        using var simulation = _options.Open(parsed, context.Config);
        await simulation.RunAsync(output, context.Page, context.StopRequested);
        var plots = SimulatePlots.Write(simulation.Results, simulation.Folder);
        output.Write(
            [.. simulation.Results.Markdown(), $"written: {simulation.Folder}: results.csv, results.md, {string.Join(", ", plots)}"],
            new { Out = simulation.Folder, Cells = simulation.Results.Cells.Select(each => new { each.Cell, each.Result }), Plots = plots });
        simulation.ExpectAllEnded();
    }
}
