using FlGlm.Cli.CommandLine;

namespace FlGlm.EndToEnd.Tests.CommandLine;

/// <summary>The results of one command line.</summary>
internal sealed record CommandRun(int ExitCode, string Output, string Error)
{
    public IReadOnlyList<string> OutputLines => Lines(Output);

    public IReadOnlyList<string> ErrorLines => Lines(Error);

    /// <summary>Runs <c>flglm</c> in this process.</summary>
    public static async Task<CommandRun> OfAsync(params string[] args)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        var code = await FlGlmCommandLine.RunAsync(args, output, error, CancellationToken.None);
        return new CommandRun(code, output.ToString(), error.ToString());
    }

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
