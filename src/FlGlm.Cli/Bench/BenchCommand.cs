using System.CommandLine;
using System.Globalization;
using FlGlm.Cli.CommandLine;
using FlGlm.Cli.Hosting;
using FlGlm.Cli.LocalRuns;
using FlGlm.Cli.Runs;
using FlGlm.Cli.Simulation;
using FlGlm.Client.Tasks;
using FlGlm.Core.Configuration;

namespace FlGlm.Cli.Bench;

/// <summary><c>flglm bench</c>: trains and scores tasks as <c>flglm simulate</c> does, and compares losses and scores with a baseline that is kept.</summary>
internal sealed class BenchCommand
{
    private const string SuperGlue = "superglue";

    private readonly Argument<string> _suite = new("SUITE")
    {
        Description = "The tasks: superglue, all of them unless simulate.tasks names some.",
    };

    private readonly Option<string> _baseline = new("--baseline")
    {
        Description = "The file of the figures to compare with.",
        HelpName = "FILE",
        Required = true,
    };

    private readonly Option<bool> _update = new("--update")
    {
        Description = "Write the figures to the baseline instead of comparing them.",
    };

    private readonly SimulateOptions _options = new("bench");

    public static Command Build(CommandHost host) => new BenchCommand().Declare(host);

    private Command Declare(CommandHost host)
    {
        var command = host.Declare(
            new RunCommand(
                "bench",
                "Trains and scores tasks on this machine, and says which losses and scores have moved since a baseline.",
                Sections: SimulateCommand.Sections,
                TalksToPeers: false)
            {
                Resolve = Resolve,
            },
            RunAsync);
        _suite.AcceptOnlyFromAmong(SuperGlue);
        command.Add(_suite);
        foreach (var option in _options.All.Concat([_baseline, _update]))
            command.Add(option);
        return command;
    }

    private static FlGlmConfig Resolve(FlGlmConfig config)
    {
        var tasks = config.Simulate.Tasks ?? [.. KnownTasks.All.Select(task => task.Name).Where(name => name.StartsWith($"{SuperGlue}/", StringComparison.Ordinal))];
        return SimulateGrid.Resolve(config with { Simulate = config.Simulate with { Tasks = tasks } });
    }

    private async Task RunAsync(ParseResult parsed, CommandContext context, CommandOutput output)
    {
        var (path, updates) = (Path.GetFullPath(HomePath.Expand(parsed.GetRequiredValue(_baseline))), parsed.GetValue(_update));
        var baseline = BenchBaseline.Read(path);
        if (baseline is null && !updates)
            throw new ConfigurationException("--baseline", $"There is no '{path}'; --update writes it.");
        if (!updates)
            baseline!.ExpectSame(context.Config, path);
        using var simulation = _options.Open(parsed, context.Config);
        await simulation.RunAsync(output, context.Page, context.StopRequested);
        if (updates)
            Update(path, baseline, context.Config, simulation, output);
        else
            Compare(baseline!, simulation, output);
    }

    private static void Update(string path, BenchBaseline? former, FlGlmConfig config, Simulation.Simulation simulation, CommandOutput output)
    {
        simulation.ExpectAllEnded();
        var baseline = BenchBaseline.Of(config, former?.Tolerance ?? new BenchTolerance(), simulation.Results.Cells.Select(cell => cell.Result!));
        baseline.Write(path);
        output.Write([$"written: {path}, the figures of {baseline.Cells.Count} runs"], new { Baseline = path, baseline.Cells });
    }

    private static void Compare(BenchBaseline baseline, Simulation.Simulation simulation, CommandOutput output)
    {
        var figures = baseline.Compare(simulation.Results.Cells.Select(cell => (cell.Cell.Name, cell.Result)));
        var report = Path.Combine(simulation.Folder, "bench.md");
        RunFile.Guard(report, () => File.WriteAllLines(report, [.. BenchFigure.Header, .. figures.Select(figure => figure.ToString())]));
        List<BenchFigure> moved = [.. figures.Where(figure => figure.HasMoved)];
        var summary = string.Create(CultureInfo.InvariantCulture, $"{moved.Count} of {figures.Count} figures have moved since the baseline of {baseline.Version}; '{report}' has all");
        output.Write([.. moved.Count > 0 ? BenchFigure.Header : [], .. moved.Select(figure => figure.ToString()), summary], new { Moved = moved, Figures = figures, Report = report });
        if (moved.Count > 0)
            throw new LocalRunException($"{moved.Count} figures have moved: {string.Join(", ", moved.Select(figure => $"{figure.Cell} {figure.Name}"))}. If that is meant, --update makes them the baseline.");
    }
}
