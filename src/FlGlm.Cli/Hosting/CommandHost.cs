using System.CommandLine;
using FlGlm.Cli.CommandLine;
using FlGlm.Cli.Runs;
using FlGlm.Cli.Telemetry;
using FlGlm.Cli.Views;
using FlGlm.Cli.Web;
using FlGlm.Core.Compute;
using FlGlm.Core.Configuration;
using Microsoft.Extensions.Logging;

namespace FlGlm.Cli.Hosting;

/// <summary>Runs commands: loads the configuration, creates run directory, logs and progress display, handles Ctrl+C, and turns errors into exit codes.</summary>
internal sealed partial class CommandHost(GlobalOptions options)
{
    /// <summary>Declares a command that trains. Its body returns when done, or soon after <see cref="CommandContext.StopRequested"/>.</summary>
    public Command Declare(RunCommand run, Func<RunContext, Task> body) => Declare(run, (_, context) => body(context));

    /// <inheritdoc cref="Declare(RunCommand, Func{RunContext, Task})"/>
    public Command Declare(RunCommand run, Func<ParseResult, RunContext, Task> body)
    {
        var command = run.Declare();
        command.SetAction((parsed, ct) => GuardAsync(parsed, stop => RunAsync(parsed, run, context => body(parsed, context), stop), ct));
        return command;
    }

    /// <summary>Declares a command that reads a configuration and keeps no run directory; its messages go to the error stream, its results to the output.</summary>
    public Command Declare(RunCommand run, Func<ParseResult, CommandContext, CommandOutput, Task> body)
    {
        var command = run.Declare();
        command.SetAction((parsed, ct) => GuardAsync(parsed, stop => WorkAsync(parsed, run, body, stop), ct));
        return command;
    }

    /// <summary>Declares a command that needs neither configuration nor run directory.</summary>
    public Command Declare(Command command, Func<ParseResult, CommandOutput, CancellationToken, Task> body)
    {
        command.SetAction((parsed, ct) => GuardAsync(
            parsed,
            stop => body(parsed, Output(parsed), stop.Requested),
            ct));
        return command;
    }

    private async Task<int> GuardAsync(ParseResult parsed, Func<StopSignal, Task> body, CancellationToken ct)
    {
        var errors = new ErrorReporter(parsed.InvocationConfiguration.Error, parsed.GetValue(options.Json), parsed.GetValue(options.Verbose));
        using var stop = new StopSignal(ct);
        try
        {
            Libtorch.LoadNamed();
            await body(stop);
            return (int)(stop.Requested.IsCancellationRequested ? ExitCode.Interrupted : ExitCode.Success);
        }
        catch (OperationCanceledException) when (stop.Requested.IsCancellationRequested)
        {
            return (int)ExitCode.Interrupted;
        }
        catch (Exception e)
        {
            return errors.Report(e);
        }
    }

    private async Task RunAsync(ParseResult parsed, RunCommand run, Func<RunContext, Task> body, StopSignal stop)
    {
        var loaded = run.Load(parsed);
        await using var page = PageOf(parsed, run, loaded.Settings, stop);
        using var directory = RunDirectory.Create(loaded.Settings.Run, run.Name, TimeProvider.System, part: run.Part(loaded.Settings));
        try
        {
            var resumeFrom = run.ResumeFrom(parsed);
            var continues = run.CanResume && !directory.IsUnused(resume: resumeFrom is not null);
            directory.WriteConfig(loaded.Settings);
            directory.RemoveUnfinished();
            await RunAsync(parsed, run, loaded, directory, page, context => body(context with { ResumeFrom = resumeFrom, Continues = continues }), stop);
        }
        catch (FlGlmException)
        {
            directory.DiscardUnlessKept();
            throw;
        }
    }

    private async Task RunAsync(
        ParseResult parsed, RunCommand run, LoadedConfig<FlGlmConfig> loaded, RunDirectory directory, RunPage? page, Func<RunContext, Task> body, StopSignal stop)
    {
        var insecure = run.IsInsecure(parsed);
        using var shown = RunViews.Create(parsed.InvocationConfiguration.Output, parsed.GetValue(options.Json), insecure, loaded.Settings.Run.LogEvery);
        var view = page?.Over(shown) ?? shown;
        using var logs = new RunLogs(view, directory, parsed.GetValue(options.Verbose));
        var logger = Start(logs, loaded);
        using var telemetry = TelemetryExport.Start(loaded.Settings.Telemetry, run.Name, logger);
        using var notice = stop.Requested.Register(() => LogStopping(logger, stop.Describe(run.Stopping(loaded.Settings))));
        try
        {
            await WithPageAsync(page, logger, stop, () => body(new RunContext(loaded.Settings, directory, logs.Factory, view, insecure, stop.Requested) { Page = page }));
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            logs.ToFile(e);
            throw;
        }
    }

    private async Task WorkAsync(ParseResult parsed, RunCommand run, Func<ParseResult, CommandContext, CommandOutput, Task> body, StopSignal stop)
    {
        var insecure = run.IsInsecure(parsed);
        var loaded = run.Load(parsed);
        await using var page = PageOf(parsed, run, loaded.Settings, stop);
        using var shown = RunViews.Create(parsed.InvocationConfiguration.Error, parsed.GetValue(options.Json), insecure, loaded.Settings.Run.LogEvery);
        using var logs = new RunLogs(page?.Over(shown) ?? shown, directory: null, parsed.GetValue(options.Verbose));
        var logger = Start(logs, loaded);
        await WithPageAsync(page, logger, stop, () => body(parsed, new CommandContext(loaded.Settings, logs.Factory, insecure, stop.Requested) { Page = page }, Output(parsed)));
    }

    private static RunPage? PageOf(ParseResult parsed, RunCommand run, FlGlmConfig config, StopSignal stop) =>
        run.HasPage ? RunPage.Of(config, run.Name, run.IsInsecure(parsed), stop.Request) : null;

    /// <summary>Runs a command with its page, which shows how it has ended.</summary>
    private static async Task WithPageAsync(RunPage? page, ILogger logger, StopSignal stop, Func<Task> body)
    {
        if (page is not null)
            await page.ListenAsync(logger, stop.Requested);
        Exception? failure = null;
        try
        {
            await body();
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            failure = e;
            throw;
        }
        finally
        {
            if (page is not null)
                await page.EndAsync(failure, stop.Requested.IsCancellationRequested);
        }
    }

    private CommandOutput Output(ParseResult parsed) => new(parsed.InvocationConfiguration.Output, parsed.GetValue(options.Json));

    private static ILogger Start(RunLogs logs, LoadedConfig<FlGlmConfig> loaded)
    {
        var logger = logs.Factory.CreateLogger("flglm");
        foreach (var applied in loaded.Overrides)
            LogOverride(logger, applied);
        return logger;
    }
}
