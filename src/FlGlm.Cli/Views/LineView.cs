using FlGlm.Client.Training;
using FlGlm.Core.Events;
using FlGlm.Server.Events;

namespace FlGlm.Cli.Views;

/// <summary>Plain lines: the first step, every <c>run.log_every</c>th, and the last.</summary>
internal sealed class LineView(TextWriter output, bool insecure, int logEvery) : IRunView
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Pace> _paces = [];

    public void Show(RunEvent happened)
    {
        switch (happened)
        {
            case StepReport step:
                Show(step.Client, step.Step, step.Steps, step.Tokens, step.Seconds.Total, pace => $"{StatusLine.Of(step, pace)}  |  {StatusLine.Legs(step.Seconds)}");
                break;
            case ServerEvent.StepServed step:
                Show(step.Client, step.Step, step.Steps, step.Tokens, step.Seconds.Total, pace => StatusLine.Of(step, pace));
                break;
        }
    }

    public void Message(string level, string message)
    {
        lock (_lock)
            WriteLine(level == "information" ? message : $"{level}: {message}");
    }

    public void Result(IEnumerable<string> lines, object result)
    {
        foreach (var line in lines)
            Message("information", line);
    }

    public void Dispose() => output.Flush();

    private void Show(string client, int step, int steps, int tokens, double seconds, Func<Pace, string> line)
    {
        lock (_lock)
        {
            var pace = PaceOf(client);
            pace.Add(step, steps, tokens, seconds);
            if (IsDue(step, steps))
                WriteLine(line(pace));
        }
    }

    private bool IsDue(int step, int steps) => step == 1 || step == steps || step % logEvery == 0;

    private Pace PaceOf(string client) => _paces.TryGetValue(client, out var pace) ? pace : _paces[client] = new Pace();

    private void WriteLine(string line) => output.WriteLine(insecure ? StatusLine.Insecure + line : line);
}
