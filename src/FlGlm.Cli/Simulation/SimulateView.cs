using FlGlm.Cli.Hosting;
using FlGlm.Cli.Views;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace FlGlm.Cli.Simulation;

/// <summary>Shows a simulation: on a terminal lines with a table of the running cells below them, else lines or JSON.</summary>
internal sealed class SimulateView : IDisposable
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(0.5);
    private readonly Lock _gate = new();
    private readonly CommandOutput _output;
    private readonly SimulateProgress _progress;
    private readonly IAnsiConsole? _console;
    private readonly TaskCompletionSource _done = new();
    private readonly Task _live;
    private readonly ITimer? _timer;
    private LiveDisplayContext? _display;

    /// <param name="console">A terminal; null = none.</param>
    public SimulateView(CommandOutput output, SimulateProgress progress, IAnsiConsole? console)
    {
        (_output, _progress, _console) = (output, progress, console);
        _live = console is null ? Task.CompletedTask : console.Live(new Rows()).StartAsync(display =>
        {
            _display = display;
            return _done.Task;
        });
        _timer = console is null ? null : TimeProvider.System.CreateTimer(_ => Draw(), null, TimeSpan.Zero, Period);
    }

    /// <summary>A view on this process's terminal, if the output is one.</summary>
    public static SimulateView Create(CommandOutput output, SimulateProgress progress)
    {
        var console = output.IsTerminal ? AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Out) }) : null;
        return new SimulateView(output, progress, console?.Profile.Capabilities.Ansi == true ? console : null);
    }

    /// <summary>Says that a cell begins, where no table shows it.</summary>
    public void Begin(string cell)
    {
        if (_console is null)
            Write([$"{cell} begins"], new { Begins = cell }, "progress");
    }

    /// <inheritdoc cref="CommandOutput.Write"/>
    public void Write(IEnumerable<string> lines, object result, string @event)
    {
        lock (_gate)
        {
            if (_console is null)
            {
                _output.Write(lines, result, @event);
                return;
            }

            foreach (var line in lines)
                _console.Write(new LogLine(line, Style.Plain));
        }
    }

    /// <summary>Shows how far the simulation is now.</summary>
    public void Draw()
    {
        lock (_gate)
            _display?.UpdateTarget(new Rows(Running(), new Text(_progress.Summary())));
    }

    public void Dispose()
    {
        _timer?.Dispose();
        Draw();
        _done.TrySetResult();
        _live.GetAwaiter().GetResult();
    }

    private IRenderable Running()
    {
        var running = _progress.Running();
        if (running.Count == 0)
            return new Text("");
        var table = new Table().Border(TableBorder.Rounded).AddColumns("Cell", "Step", "Loss");
        foreach (var (name, step, loss) in running)
            table.AddRow(new Text(name), new Text(step), new Text(loss));
        return table;
    }
}
