using System.CommandLine;
using System.Globalization;
using FlGlm.Cli.CommandLine;
using FlGlm.Cli.Hosting;
using FlGlm.Cli.Reports;
using FlGlm.Cli.Simulation;
using FlGlm.Core.Compute;
using FlGlm.Core.Configuration;

namespace FlGlm.Cli.Privacy;

/// <summary><c>flglm privacy-report</c>: recorded runs over depths and defences, attacks on them, and leakage beside utility.</summary>
internal sealed class PrivacyReportCommand
{
    private readonly Option<string?> _out = new("--out")
    {
        Description = "The folder of runs and report; one of the same configuration is gone on with. Without it runs/privacy-report-TIMESTAMP.",
        HelpName = "DIR",
    };

    private readonly Option<bool> _dryRun = new("--dry-run")
    {
        Description = "List the cells, and stop.",
    };

    public static Command Build(CommandHost host) => new PrivacyReportCommand().Declare(host);

    private Command Declare(CommandHost host)
    {
        var command = host.Declare(
            new RunCommand(
                "privacy-report",
                "Trains a recorded split run for each depth and defence, attacks each, and shows what the server can learn beside what the model has learnt.",
                ["model", "split", "peft", "optimizer", "training", "serial", "client_batch", "crypto", "checkpoint", "compute", "data", "client", "generation", "evaluation", "privacy_report"],
                TalksToPeers: false)
            {
                Resolve = SimulateGrid.Resolve,
            },
            RunAsync);
        command.Add(_out);
        command.Add(_dryRun);
        return command;
    }

    private async Task RunAsync(ParseResult parsed, CommandContext context, CommandOutput output)
    {
        var cells = PrivacyGrid.CheckedCells(context.Config);
        if (parsed.GetValue(_dryRun))
        {
            output.Write(cells.Select(cell => cell.Name), new { Cells = cells.Select(cell => new { cell.Name, cell.Head, cell.Defence, cell.Strength }) });
            return;
        }

        var path = Path.GetFullPath(HomePath.Expand(parsed.GetValue(_out) ?? Path.Combine("runs", $"privacy-report-{DateTime.Now.ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture)}")));
        ComputeEnvironment.Apply(context.Config.Compute);
        using var folder = GridFolder.Open(path, context.Config);
        var measurement = new PrivacyMeasurement(folder, cells, context.Config.PrivacyReport);
        try
        {
            await measurement.RunAsync(output, context.StopRequested);
        }
        finally
        {
            var report = PrivacyReport.Write(measurement.Results, context.Config.PrivacyReport, path);
            output.Write(
                [.. report.Tables.Take(1).SelectMany(MarkdownTable.Lines), $"written: {path}: report.md, report.html, report.csv and {report.Plots.Count} plots"],
                new { Out = path, Tables = report.Tables.Take(1), Plots = report.Plots.Select(plot => plot.Name) });
        }
    }
}
