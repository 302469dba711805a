using FlGlm.Cli.Runs;
using FlGlm.Cli.Views;
using Microsoft.Extensions.Logging;

namespace FlGlm.Cli.Hosting;

/// <summary>The inputs of a training command.</summary>
/// <param name="Directory">The run directory; config.yaml is written.</param>
/// <param name="View">Shows progress.</param>
/// <inheritdoc/>
internal sealed record RunContext(
    FlGlmConfig Config, RunDirectory Directory, ILoggerFactory Loggers, IRunView View, bool Insecure, CancellationToken StopRequested)
    : CommandContext(Config, Loggers, Insecure, StopRequested)
{
    /// <summary>The checkpoint that <c>--resume</c> names, empty for the newest; null = a run that begins.</summary>
    public string? ResumeFrom { get; init; }

    /// <summary>Whether the run goes on with checkpoints that are there.</summary>
    public bool Continues { get; init; }

    /// <summary>The same for one side of a run of several, which has a tab of its own on the page.</summary>
    public RunContext OnTab(string name) => Page is null ? this : this with { View = Page.OfSide(name, Config) };
}
