using System.CommandLine;
using FlGlm.Core.Configuration;

namespace FlGlm.Cli.CommandLine;

/// <summary>Turns the parser's errors into a <see cref="ConfigurationException"/>.</summary>
internal static class CommandLineErrors
{
    public static ConfigurationException Of(ParseResult parsed)
    {
        var path = string.Join(' ', Path(parsed.CommandResult.Command, parsed.RootCommandResult.Command));
        return new ConfigurationException(
            [.. parsed.Errors.Select(e => new Problem("", $"{e.Message.TrimEnd('.')}; `{path} --help` shows what there is."))]);
    }

    private static string[] Path(Command command, Command root) => command == root ? ["flglm"] : ["flglm", command.Name];
}
