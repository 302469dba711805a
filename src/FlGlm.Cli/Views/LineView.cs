using FlGlm.Client.Training;
using FlGlm.Server.Events;

namespace FlGlm.Cli.Views;

/// <summary>Plain lines: the first step, every <c>run.log_every</c>th, and the last.</summary>
internal sealed class LineView(TextWriter output, bool insecure, int logEvery) : IRunView
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Pace> _paces = [];

    public void Step(StepReport report)
    {
        lock (_lock)
        {
            var pace = PaceOf(report.Client);
            pace.Add(report.Step, report.Steps, report.Tokens, report.Seconds.Total);
            if (IsDue(report.Step, report.Steps))
                WriteLine($"{StatusLine.Of(report, pace)}  |  {StatusLine.Legs(report.Seconds)}");
        }
    }

    public void Served(ServerEvent.StepServed step)
    {
        lock (_lock)
        {
            var pace = PaceOf(step.Client);
            pace.Add(step.Step, step.Steps, step.Tokens, step.Seconds.Total);
            if (IsDue(step.Step, step.Steps))
                WriteLine(StatusLine.Of(step, pace));
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

    private bool IsDue(int step, int steps) => step == 1 || step == steps || step % logEvery == 0;

    private Pace PaceOf(string client) => _paces.TryGetValue(client, out var pace) ? pace : _paces[client] = new Pace();

    private void WriteLine(string line) => output.WriteLine(insecure ? StatusLine.Insecure + line : line);
}
