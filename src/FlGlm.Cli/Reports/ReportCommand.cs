using System.CommandLine;
using FlGlm.Cli.Hosting;
using FlGlm.Cli.Runs;
using FlGlm.Core.Configuration;

namespace FlGlm.Cli.Reports;

/// <summary><c>flglm report</c>: tables and plots of one or several runs.</summary>
internal sealed class ReportCommand
{
    private readonly Argument<string[]> _runs = new("RUN")
    {
        Description = "Run directories; of a demo or a simulation every client's and every run in one process is one.",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<string?> _out = new("--out")
    {
        Description = "The folder to write; without it report/ in the first run directory.",
        HelpName = "FOLDER",
    };

    private readonly Option<bool> _force = new("--force")
    {
        Description = "Compare runs of different models too.",
    };

    public static Command Build(CommandHost host) => new ReportCommand().Declare(host);

    private Command Declare(CommandHost host) => host.Declare(
        new Command("report", "Writes tables and plots of one or several runs, as Markdown, as one HTML file, and as CSV.") { _runs, _out, _force },
        (parsed, output, _) =>
        {
            string[] paths = [.. parsed.GetRequiredValue(_runs).Select(HomePath.Expand)];
            var runs = ReportRuns.Read(paths);
            if (!parsed.GetValue(_force))
                ReportRuns.ExpectOneModel(runs);
            var folder = parsed.GetValue(_out) is { } named ? HomePath.Expand(named) : Path.Combine(paths[0], "report");
            var report = Report.Of(runs);
            RunFile.Guard(folder, () => Write(report, runs, folder), "--out");
            output.Write(
                [.. report.Tables.Take(1).SelectMany(MarkdownTable.Lines), $"written: {folder}: report.md, report.html, report.csv and {report.Plots.Count} plots"],
                new { Out = folder, Runs = runs.Select(run => new { run.Name, run.Folder, Steps = run.Steps.Count }), Plots = report.Plots.Select(plot => plot.Name) });
            return Task.CompletedTask;
        });

    private static void Write(Report report, IReadOnlyList<ReportRun> runs, string folder)
    {
        Directory.CreateDirectory(folder);
        foreach (var plot in report.Plots)
            RunFile.Replace(Path.Combine(folder, $"{plot.Name}.svg"), plot.Svg);
        RunFile.Replace(Path.Combine(folder, "report.md"), ReportMarkdown.Of(report));
        RunFile.Replace(Path.Combine(folder, "report.html"), ReportHtml.Of(report));
        RunFile.Replace(Path.Combine(folder, "report.csv"), ReportCsv.Of(runs));
    }
}
