using System.CommandLine;

namespace FlGlm.Cli.CommandLine;

/// <summary>Options of a command that reads a configuration.</summary>
internal sealed class RunOptions
{
    public Option<string?> Config { get; } = new("--config", "-c")
    {
        Description = "The YAML configuration; without it, defaults and --set.",
        HelpName = "FILE",
    };

    public Option<string[]> Set { get; } = new("--set")
    {
        Description = "Override one key, e.g. --set training.steps=20; may be repeated.",
        HelpName = "KEY=VALUE",
        DefaultValueFactory = _ => [],
    };

    /// <summary>Not a configuration key, so that it must be given on every command line.</summary>
    public Option<bool> Insecure { get; } = new("--insecure")
    {
        Description = "Neither encrypt nor authenticate the other side.",
    };

    public Option<string?> Resume { get; } = new("--resume")
    {
        Description = "Go on with the run in run.directory, from its newest checkpoint or the one that is named; without any, begin.",
        HelpName = "CHECKPOINT",
        Arity = ArgumentArity.ZeroOrOne,
    };
}
