using FlGlm.Cli.CommandLine;
using FlGlm.Core.Configuration;

namespace FlGlm.Cli.Hosting;

/// <summary>Writes errors, one line per problem: what, where, what next.</summary>
internal sealed class ErrorReporter(TextWriter error, bool json, bool verbose)
{
    /// <summary>Writes the error and returns the process exit code.</summary>
    public int Report(Exception exception)
    {
        var code = (exception as FlGlmException)?.ExitCode ?? ExitCode.Unexpected;
        foreach (var line in Lines(exception))
            error.WriteLine(json ? Json(line, code) : $"flglm: {line}");
        if (verbose)
            error.WriteLine(json ? Json(exception.ToString(), code) : exception.ToString());
        return (int)code;
    }

    private static IEnumerable<string> Lines(Exception exception) => exception switch
    {
        ConfigurationException e => e.Problems.Select(p => OneLine(p.ToString())),
        FlGlmException e => [OneLine(e.Message)],
        _ => [$"{OneLine(exception.Message)} ({exception.GetType().Name}); --verbose shows where."],
    };

    private static string Json(string line, ExitCode code) =>
        JsonLines.Line("error", new { Kind = EnumWords.Of(code), ExitCode = (int)code, Message = line });


    private static string OneLine(string message) => string.Join(' ', message.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
}
