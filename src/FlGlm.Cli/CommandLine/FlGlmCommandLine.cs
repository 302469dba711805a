using System.CommandLine;
using System.CommandLine.Invocation;
using FlGlm.Cli.Bench;
using FlGlm.Cli.Chaos;
using FlGlm.Cli.Commands;
using FlGlm.Cli.Doctor;
using FlGlm.Cli.Forecasts;
using FlGlm.Cli.Hosting;
using FlGlm.Cli.Privacy;
using FlGlm.Cli.Reports;
using FlGlm.Cli.Simulation;
using FlGlm.Core.Configuration;

namespace FlGlm.Cli.CommandLine;

/// <summary>The <c>flglm</c> command line.</summary>
public static class FlGlmCommandLine
{
    /// <summary>Runs one command.</summary>
    /// <returns>The process exit code (<see cref="ExitCode"/>).</returns>
    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter error, CancellationToken ct)
    {
        var options = new GlobalOptions();
        var parsed = Parse(args, options);
        if (parsed.Action is ParseErrorAction)
        {
            var errors = new ErrorReporter(error, args.Contains(options.Json.Name), verbose: false);
            return errors.Report(CommandLineErrors.Of(parsed));
        }

        var invocation = new InvocationConfiguration
        {
            Output = output,
            Error = error,
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = null,
        };
        return await parsed.InvokeAsync(invocation, ct);
    }

    /// <summary>Parses a command line; the result holds the parser's errors.</summary>
    internal static ParseResult Parse(IReadOnlyList<string> args, GlobalOptions options) =>
        Root(options).Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });

    private static RootCommand Root(GlobalOptions options)
    {
        var host = new CommandHost(options);
        return HelpWithExamples.AddTo(new RootCommand("Fine-tunes language models by split learning: data and labels stay with the client.")
        {
            options.Verbose,
            options.Json,
            ServerCommand.Build(host),
            ClientCommand.Build(host),
            TrainCommand.Build(host),
            ResumeCommand.Build(host),
            GenerateCommand.Build(host),
            EvaluateCommand.Build(host),
            ScoresCommand.Build(host),
            ReportCommand.Build(host),
            DemoCommand.Build(host),
            ChaosCommand.Build(host),
            SimulateCommand.Build(host),
            BenchCommand.Build(host),
            KeysCommand.Build(host),
            InitCommand.Build(host),
            MergeCommand.Build(host),
            AttackCommand.Build(host),
            PrivacyReportCommand.Build(host),
            InspectCommand.Build(host),
            PlanCommand.Build(host),
            DoctorCommand.Build(host),
            ConfigCommand.Build(host),
        });
    }
}
