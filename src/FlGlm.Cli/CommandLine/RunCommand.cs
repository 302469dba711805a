using System.CommandLine;
using FlGlm.Cli.Runs;
using FlGlm.Core.Configuration;
using FlGlm.Server.Cluster;

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

    /// <summary>Whether it has a page where the configuration asks for one.</summary>
    public bool HasPage => Sections.Contains("web");

    /// <summary>Whether it has <c>--resume</c>.</summary>
    public bool CanResume { get; init; }

    /// <summary>The folder of this process in the run directory, where a run has several of the same command; empty = the directory itself.</summary>
    public Func<FlGlmConfig, string> Part { get; init; } = _ => "";

    /// <summary>Replaces every <c>auto</c> of the configuration.</summary>
    public Func<FlGlmConfig, FlGlmConfig> Resolve { get; init; } = config => config.Resolved();

    /// <summary>Makes the command for the parser, without its action.</summary>
    public Command Declare()
    {
        var command = new Command(Name, Description) { Options.Config, Options.Set };
        if (TalksToPeers)
            command.Add(Options.Insecure);
        if (CanResume)
            command.Add(Options.Resume);
        return command;
    }

    /// <summary>Whether <c>--insecure</c> was typed.</summary>
    public bool IsInsecure(ParseResult parsed) => TalksToPeers && parsed.GetValue(Options.Insecure);

    /// <summary>The checkpoint that <c>--resume</c> names, empty for the newest; null = it was not typed.</summary>
    public string? ResumeFrom(ParseResult parsed) => CanResume && parsed.GetResult(Options.Resume) is not null ? parsed.GetValue(Options.Resume) ?? "" : null;

    /// <summary>Loads the configuration from file and overrides, with every <c>auto</c> resolved. A run that is resumed without <c>--config</c> has its own.</summary>
    /// <exception cref="ConfigurationException">A value is not valid, or a run to resume is not named.</exception>
    public LoadedConfig<FlGlmConfig> Load(ParseResult parsed)
    {
        var overrides = parsed.GetValue(Options.Set) ?? [];
        var isResumed = ResumeFrom(parsed) is not null;
        var loaded = ConfigFile.Load<FlGlmConfig>(parsed.GetValue(Options.Config) ?? (isResumed ? ConfigOfRun(overrides) : null) ?? DefaultConfig, overrides, Sections);
        if (isResumed && loaded.Settings.Run.Directory.Length == 0)
            throw new ConfigurationException("run.directory", "--resume goes on with the run in it; name that directory.");
        return loaded with { Settings = Resolve(loaded.Settings) };
    }

    private static string? ConfigOfRun(IEnumerable<string> overrides)
    {
        const string Key = "run.directory=";
        var directory = overrides.LastOrDefault(one => one.StartsWith(Key, StringComparison.Ordinal))?[Key.Length..].Trim().Trim('\'', '"');
        if (directory is not { Length: > 0 })
            return null;
        string[] folders = [HomePath.Expand(directory), Path.Combine(HomePath.Expand(directory), RunDirectory.NameOfRank(MpiProcess.FindRank() ?? 0))];
        return folders.Select(folder => Path.Combine(folder, RunDirectory.ConfigName)).FirstOrDefault(File.Exists);
    }
}
