using FlGlm.Client.Training;
using FlGlm.Core.Events;
using FlGlm.Server.Events;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace FlGlm.Cli.Views;

/// <summary>A live display: messages scroll, and below them each client has a bar, its figures, and where its step went.</summary>
internal sealed class TerminalView : IRunView
{
    private const int BarWidth = 40;

    private readonly Lock _lock = new();
    private readonly IAnsiConsole _console;
    private readonly bool _insecure;
    private readonly SortedDictionary<string, ClientRow> _clients = new(StringComparer.Ordinal);
    private readonly TaskCompletionSource _done = new();
    private readonly Task _live;
    private LiveDisplayContext? _display;

    public TerminalView(IAnsiConsole console, bool insecure)
    {
        _console = console;
        _insecure = insecure;
        _live = console.Live(new Rows()).StartAsync(display =>
        {
            _display = display;
            return _done.Task;
        });
    }

    public void Show(RunEvent happened)
    {
        switch (happened)
        {
            case StepReport step:
                Update(step.Client, step.Step, step.Steps, step.Tokens, step.Seconds.Total, pace => [StatusLine.Of(step, pace), StatusLine.Legs(step.Seconds)]);
                break;
            case ServerEvent.StepServed step:
                Update(step.Client, step.Step, step.Steps, step.Tokens, step.Seconds.Total, pace => [StatusLine.Of(step, pace)]);
                break;
        }
    }

    public void Message(string level, string message)
    {
        lock (_lock)
            _console.Write(new LogLine(Marked(level == "information" ? message : $"{level}: {message}"), StyleOf(level)));
    }

    public void Result(IEnumerable<string> lines, object result)
    {
        foreach (var line in lines)
            Message("information", line);
    }

    public void Dispose()
    {
        _done.TrySetResult();
        _live.GetAwaiter().GetResult();
    }

    private void Update(string client, int step, int steps, int tokens, double seconds, Func<Pace, string[]> describe)
    {
        lock (_lock)
        {
            var pace = _clients.TryGetValue(client, out var row) ? row.Pace : new Pace();
            pace.Add(step, steps, tokens, seconds);
            _clients[client] = new ClientRow(pace, (double)step / steps, describe(pace));
            _display?.UpdateTarget(new Rows(_clients.Values.SelectMany(Draw)));
        }
    }

    private IEnumerable<IRenderable> Draw(ClientRow row)
    {
        var filled = (int)(BarWidth * row.Share);
        var bar = new Markup($"[green]{new string('━', filled)}[/][grey]{new string('━', BarWidth - filled)}[/]");
        return row.Lines.Select(line => (IRenderable)new Text(Marked(line)) { Overflow = Overflow.Ellipsis }).Prepend(bar);
    }

    private string Marked(string line) => _insecure ? StatusLine.Insecure + line : line;

    private static Style StyleOf(string level) => level switch
    {
        "warning" => new Style(Color.Yellow),
        "error" => new Style(Color.Red),
        _ => Style.Plain,
    };
}
