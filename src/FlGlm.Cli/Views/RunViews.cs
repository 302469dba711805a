using FlGlm.Server.Cluster;
using Spectre.Console;

namespace FlGlm.Cli.Views;

/// <summary>Chooses the view for the output: lines where it is no terminal, and where mpirun gives each of its processes one, whose displays would mix.</summary>
internal static class RunViews
{
    public static IRunView Create(TextWriter output, bool json, bool insecure, int logEvery)
    {
        if (json)
            return new JsonView(new ProgressWriter(output), insecure);
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output) });
        return MpiProcess.FindRank() is null && output == Console.Out && console.Profile.Out.IsTerminal && console.Profile.Capabilities.Ansi
            ? new TerminalView(console, insecure)
            : new LineView(new ProgressWriter(output), insecure, logEvery);
    }
}
