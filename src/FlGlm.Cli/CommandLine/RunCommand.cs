using System.CommandLine;

namespace FlGlm.Cli.CommandLine;

/// <summary>A command that trains: reads a configuration, keeps a run directory, shows its progress.</summary>
/// <param name="Name">As typed.</param>
/// <param name="Description">For the help.</param>
/// <param name="Sections">The configuration sections whose rules count for it.</param>
/// <param name="TalksToPeers">Whether it has <c>--insecure</c>.</param>
internal sealed record RunCommand(string Name, string Description, IReadOnlyCollection<string> Sections, bool TalksToPeers)
{
    public RunOptions Options { get; } = new();

    /// <summary>The configuration without <c>--config</c>; null = defaults.</summary>
    public string? DefaultConfig { get; init; }

    /// <summary>The command as the parser knows it, still without an action.</summary>
    public Command Declare()
    {
        var command = new Command(Name, Description) { Options.Config, Options.Set };
        if (TalksToPeers)
            command.Add(Options.Insecure);
        return command;
    }
}
