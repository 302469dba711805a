using Microsoft.Extensions.Logging;

namespace FlGlm.Cli.Hosting;

/// <summary>What the body of a command with a configuration works with.</summary>
/// <param name="Config">The resolved configuration; the rules of the command's sections hold.</param>
/// <param name="Loggers">Log to the console, and to flglm.log where there is a run directory.</param>
/// <param name="Insecure">Whether <c>--insecure</c> was typed.</param>
/// <param name="StopRequested">Ctrl+C was pressed: finish the step, save, say goodbye, return.</param>
internal record CommandContext(FlGlmConfig Config, ILoggerFactory Loggers, bool Insecure, CancellationToken StopRequested);
