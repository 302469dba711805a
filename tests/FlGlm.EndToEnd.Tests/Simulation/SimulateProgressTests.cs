using FlGlm.Cli;
using FlGlm.Cli.Hosting;
using FlGlm.Cli.LocalRuns;
using FlGlm.Cli.Simulation;
using FlGlm.Core.Configuration;
using FlGlm.EndToEnd.Tests.LocalRuns;
using FlGlm.EndToEnd.Tests.Views;
using Spectre.Console;

namespace FlGlm.EndToEnd.Tests.Simulation;

public sealed class SimulateProgressTests
{
    private readonly SetClock _clock = new();
    private readonly StringWriter _output = new() { NewLine = "\n" };

    private static SimulateCell[] Cells { get; } =
        [.. Enumerable.Range(1, 4).Select(seed => SampleCells.Cell(seed: seed) with { Config = new FlGlmConfig { Training = new TrainingSettings { Steps = 10 } } })];

    [Fact]
    public void The_time_left_follows_from_the_steps_of_this_start()
    {
        var progress = new SimulateProgress(Cells, _clock);
        progress.Keep(Cells[0]);
        progress.Begin(Cells[1]);
        Assert.Equal("1 of 4 cells done", progress.Summary());

        _clock.Seconds = 30;
        progress.End(Cells[1], isDone: true);
        progress.Begin(Cells[2]);
        Assert.Equal("2 of 4 cells done, about 1:00 left", progress.Summary());

        _clock.Seconds = 60;
        progress.End(Cells[2], isDone: false);
        progress.Begin(Cells[3]);
        Assert.Equal("2 of 4 cells done, 1 failed, about 0:30 left", progress.Summary());
    }

    [Fact]
    public void Every_cell_has_a_state()
    {
        var progress = new SimulateProgress(Cells, _clock);
        progress.Keep(Cells[0]);
        progress.Begin(Cells[1]);
        progress.End(Cells[1], isDone: false);
        progress.Begin(Cells[2]);
        progress.Step(Cells[2], new LocalStep("client1", 4, 10, 3, 0.1));

        Assert.Equal(
            [(Cells[0].Name, "done", "", ""), (Cells[1].Name, "failed", "", ""), (Cells[2].Name, "running", "0/10", "3.0000"), (Cells[3].Name, "open", "", "")],
            progress.States());
    }

    [Fact]
    public void A_running_cell_has_the_step_of_its_slowest_client()
    {
        var progress = new SimulateProgress(Cells, _clock);
        progress.Begin(Cells[0]);
        Assert.Equal((Cells[0].Name, "starting", ""), Assert.Single(progress.Running()));

        progress.Step(Cells[0], new LocalStep("client1", 4, 10, 3, 0.1));
        Assert.Equal((Cells[0].Name, "0/10", "3.0000"), Assert.Single(progress.Running()));

        progress.Step(Cells[0], new LocalStep("client2", 3, 10, 2, 0.1));
        Assert.Equal((Cells[0].Name, "3/10", "2.5000"), Assert.Single(progress.Running()));
    }

    [Fact]
    public void A_terminal_shows_lines_above_a_table_of_what_runs()
    {
        var progress = new SimulateProgress(Cells, _clock);
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.Yes, ColorSystem = ColorSystemSupport.NoColors, Interactive = InteractionSupport.Yes, Out = new AnsiConsoleOutput(_output),
        });
        (console.Profile.Width, console.Profile.Height) = (100, 30);
        using (var view = new SimulateView(new CommandOutput(_output, json: false), progress, console))
        {
            progress.Begin(Cells[0]);
            progress.Step(Cells[0], new LocalStep("client1", 4, 10, 3, 0.1));
            progress.Step(Cells[0], new LocalStep("client2", 4, 10, 3, 0.1));
            view.Draw();
            view.Write(["a cell has ended"], new { }, "cell");
        }

        var screen = new Screen(_output.ToString(), 100).Lines;
        Assert.Equal("a cell has ended", screen[0]);
        Assert.Contains(screen, line => line.Contains(Cells[0].Name, StringComparison.Ordinal) && line.Contains("4/10", StringComparison.Ordinal) && line.Contains("3.0000", StringComparison.Ordinal));
        Assert.Contains("0 of 4 cells done, about 0:00 left", screen);
    }

    [Fact]
    public void Without_a_terminal_there_are_lines_or_json()
    {
        using (var view = SimulateView.Create(new CommandOutput(_output, json: true), new SimulateProgress(Cells, _clock)))
        {
            view.Begin("first");
            view.Write(["a line"], new { Cell = Cells[0] }, "cell");
        }

        Assert.StartsWith("""{"event":"progress","begins":"first"}""" + "\n", _output.ToString(), StringComparison.Ordinal);
        Assert.Contains("""{"event":"cell","cell":{"name":"Serial-2-iid-1","strategy":"serial","clients":2""", _output.ToString(), StringComparison.Ordinal);
    }
}
