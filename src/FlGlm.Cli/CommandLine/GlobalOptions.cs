using System.CommandLine;

namespace FlGlm.Cli.CommandLine;

/// <summary>Options of every command.</summary>
internal sealed class GlobalOptions
{
    public Option<bool> Verbose { get; } = new("--verbose")
    {
        Description = "Log details; show stack traces.",
        Recursive = true,
    };

    public Option<bool> Json { get; } = new("--json")
    {
        Description = "Write JSON lines for other programs.",
        Recursive = true,
    };
}
