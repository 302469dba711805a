using System.CommandLine;
using FlGlm.Core.Configuration;

namespace FlGlm.Cli.CommandLine;

/// <summary>Turns the parser's errors into a <see cref="ConfigurationException"/>, with the name that may have been meant.</summary>
internal static class CommandLineErrors
{
    public static ConfigurationException Of(ParseResult parsed)
    {
        var (command, root) = (parsed.CommandResult.Command, parsed.RootCommandResult.Command);
        if (command == root && parsed.UnmatchedTokens is [var typed, ..] && typed is not ['-', ..])
            return new ConfigurationException([Problem($"'{typed}' is no command", typed, root.Subcommands.Select(each => each.Name), "flglm")]);
        var options = command.Options.Concat(root.Options).Select(each => each.Name).ToList();
        return new ConfigurationException([.. parsed.Errors.Select(error => Problem(
            error.Message.TrimEnd('.'),
            parsed.UnmatchedTokens.FirstOrDefault(token => token is ['-', ..] && error.Message.Contains($"'{token}'", StringComparison.Ordinal)),
            options,
            command == root ? "flglm" : $"flglm {command.Name}"))]);
    }

    private static Problem Problem(string what, string? typed, IEnumerable<string> known, string path)
    {
        var meant = typed is null ? null : NearestName.Of(typed, known);
        return new Problem("", $"{what}; {(meant is null ? "" : $"did you mean '{meant}'? ")}`{path} --help` shows what there is.");
    }
}
