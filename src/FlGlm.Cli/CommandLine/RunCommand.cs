using System.CommandLine;
using FlGlm.Core.Configuration;

namespace FlGlm.Cli.CommandLine;

/// <summary>A command that reads a configuration.</summary>
/// <param name="Name">The name on the command line.</param>
/// <param name="Description">For the help.</param>
/// <param name="Sections">The configuration sections that the command uses and validates.</param>
/// <param name="TalksToPeers">Whether it has <c>--insecure</c>.</param>
internal sealed record RunCommand(string Name, string Description, IReadOnlyCollection<string> Sections, bool TalksToPeers)
{
    public RunOptions Options { get; } = new();

    /// <summary>What the command does when a stop is requested, for the log.</summary>
    public Func<FlGlmConfig, string> Stopping { get; init; } = _ => "stopping after this step";

    /// <summary>The configuration file that is used without <c>--config</c>; null = defaults.</summary>
    public string? DefaultConfig { get; init; }

    /// <summary>Makes the command for the parser, without its action.</summary>
    public Command Declare()
    {
        var command = new Command(Name, Description) { Options.Config, Options.Set };
        if (TalksToPeers)
            command.Add(Options.Insecure);
        return command;
    }

    /// <summary>Whether <c>--insecure</c> was typed.</summary>
    public bool IsInsecure(ParseResult parsed) => TalksToPeers && parsed.GetValue(Options.Insecure);

    /// <summary>Loads the configuration from file and overrides, with every <c>auto</c> resolved.</summary>
    /// <exception cref="ConfigurationException">A value is not valid.</exception>
    public LoadedConfig<FlGlmConfig> Load(ParseResult parsed)
    {
        var loaded = ConfigFile.Load<FlGlmConfig>(parsed.GetValue(Options.Config) ?? DefaultConfig, parsed.GetValue(Options.Set) ?? [], Sections);
        return loaded with { Settings = loaded.Settings.Resolved() };
    }
}
