using System.CommandLine;
using FlGlm.Cli;
using FlGlm.Cli.CommandLine;
using FlGlm.Cli.Hosting;
using FlGlm.Cli.Runs;
using FlGlm.Core.Configuration;
using FlGlm.Core.Events;
using FlGlm.EndToEnd.Tests.Runs;
using FlGlm.Testing;
using Microsoft.Extensions.Logging;

namespace FlGlm.EndToEnd.Tests.CommandLine;

public sealed class CommandHostTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly CancellationTokenSource _stop = new();

    private string RunPath => Path.Combine(_folder.Path, "run");

    public void Dispose()
    {
        _stop.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_run_leaves_its_configuration_metrics_and_log()
    {
        var run = await RunAsync(
            async context =>
            {
                await RunOutput.FollowAsync(context, new OneStep());
                context.Loggers.CreateLogger("body").LogDebug("unsaid");
            },
            "--set", "training.steps=7");

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Equal(["set training.steps = 7", "set run.directory = " + RunPath], run.OutputLines.Take(2));
        Assert.Contains("loss 1.7321", run.OutputLines[2], StringComparison.Ordinal);
        Assert.Equal(["config.yaml", "flglm.log", "lock", "metrics.jsonl"], Directory.GetFiles(RunPath).Select(Path.GetFileName).Order());
        var resolved = ConfigFile.Load<FlGlmConfig>(Path.Combine(RunPath, "config.yaml"), [], sections: []).Settings;
        Assert.Equal(7, resolved.Training.Steps);
        Assert.Contains("set training.steps = 7", await File.ReadAllTextAsync(Path.Combine(RunPath, "flglm.log")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stop_lets_the_body_finish_and_exits_130()
    {
        var finished = false;
        var run = await RunAsync(async context =>
        {
            Assert.False(context.StopRequested.IsCancellationRequested);
            await _stop.CancelAsync();
            Assert.True(context.StopRequested.IsCancellationRequested);
            finished = true;
        });

        Assert.True(finished);
        Assert.Equal(130, run.ExitCode);
        Assert.Contains("stopping after this step", run.OutputLines);
    }

    [Fact]
    public async Task A_wait_that_a_stop_ends_exits_130_without_an_error()
    {
        var run = await RunAsync(async context =>
        {
            await _stop.CancelAsync();
            context.StopRequested.ThrowIfCancellationRequested();
        });
        Assert.Equal((130, ""), (run.ExitCode, run.Error));
    }

    [Fact]
    public async Task An_error_ends_the_run_with_one_line_and_its_trace_in_the_log()
    {
        var run = await RunAsync(context =>
        {
            context.Directory.Keep();
            throw new NetworkException("port 7400 is taken; set server.listen.");
        });

        Assert.Equal((int)ExitCode.Network, run.ExitCode);
        Assert.Equal("flglm: port 7400 is taken; set server.listen.", run.Error.Trim());
        Assert.Contains(nameof(NetworkException), await File.ReadAllTextAsync(Path.Combine(RunPath, "flglm.log")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_run_that_is_refused_before_it_began_leaves_no_directory_of_its_own_making(bool wasThere)
    {
        if (wasThere)
            Directory.CreateDirectory(RunPath);
        var run = await RunAsync(_ => throw new DataException("rows.jsonl", 1, "'rows.jsonl' line 1 is not JSON."));
        Assert.Equal(((int)ExitCode.Data, wasThere), (run.ExitCode, Directory.Exists(RunPath)));
    }

    [Fact]
    public async Task Running_without_seals_shows_on_every_line()
    {
        var run = await RunAsync(
            context =>
            {
                context.View.Show(SampleSteps.Served);
                return Task.CompletedTask;
            },
            "--insecure");

        Assert.Equal(2, run.OutputLines.Count);
        Assert.All(run.OutputLines, line => Assert.StartsWith("[insecure] ", line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_run_directory_that_cannot_be_made_is_a_problem_of_its_key()
    {
        var file = _folder.Write("taken", "");
        var run = await RunAsync(_ => Task.CompletedTask, "--set", $"run.directory={file}/run");
        Assert.Equal((int)ExitCode.Configuration, run.ExitCode);
        Assert.StartsWith("flglm: run.directory: ", run.Error, StringComparison.Ordinal);
    }

    private async Task<CommandRun> RunAsync(Func<RunContext, Task> body, params string[] args)
    {
        var options = new GlobalOptions();
        var command = new CommandHost(options).Declare(new RunCommand("try", "A trial.", Sections: ["training", "run"], TalksToPeers: true), body);
        var root = new RootCommand { options.Verbose, options.Json, command };
        var (output, error) = (new StringWriter(), new StringWriter());
        string[] directory = args.Any(a => a.StartsWith("run.directory", StringComparison.Ordinal)) ? [] : ["--set", $"run.directory={RunPath}"];
        var code = await root.Parse(["try", .. args, .. directory]).InvokeAsync(
            new InvocationConfiguration { Output = output, Error = error, EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null },
            _stop.Token);
        return new CommandRun(code, output.ToString(), error.ToString());
    }

    private sealed class OneStep : FlGlmRun
    {
        protected override Task WorkAsync(CancellationToken stop, CancellationToken ct)
        {
            Events.Report(new RunEvent.Loaded());
            Events.Report(SampleSteps.Step);
            return Task.CompletedTask;
        }
    }
}
