using FlGlm.Cli.Web;
using Microsoft.Extensions.Logging;

namespace FlGlm.Cli.Hosting;

/// <summary>The inputs of a command with a configuration.</summary>
/// <param name="Config">The resolved configuration; the command's sections are validated.</param>
/// <param name="Loggers">Log to the console, and to flglm.log if there is a run directory.</param>
/// <param name="Insecure">Whether <c>--insecure</c> was given.</param>
/// <param name="StopRequested">Cancelled by Ctrl+C: finish the step, save, end the session, return.</param>
internal record CommandContext(FlGlmConfig Config, ILoggerFactory Loggers, bool Insecure, CancellationToken StopRequested)
{
    /// <summary>The live page; null = there is none.</summary>
    public RunPage? Page { get; init; }
}
