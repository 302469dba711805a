using FlGlm.Cli.Runs;
using FlGlm.Cli.Views;
using Microsoft.Extensions.Logging;

namespace FlGlm.Cli.Hosting;

/// <summary>What the body of a training command works with.</summary>
/// <param name="Config">The resolved configuration; the rules of the command's sections hold.</param>
/// <param name="Directory">The run directory; config.yaml is written.</param>
/// <param name="Loggers">Log to the console and to flglm.log.</param>
/// <param name="View">Shows progress.</param>
/// <param name="Insecure">Whether <c>--insecure</c> was typed.</param>
/// <param name="StopRequested">Ctrl+C was pressed: finish the step, save, say goodbye, return.</param>
internal sealed record RunContext(
    FlGlmConfig Config, RunDirectory Directory, ILoggerFactory Loggers, IRunView View, bool Insecure, CancellationToken StopRequested)
{
    /// <summary>Opens the metrics of one client; its steps go to the file and to the view.</summary>
    /// <param name="client">What the view calls it.</param>
    /// <param name="directory">Where its metrics.jsonl lies; null = the run directory itself.</param>
    public StepLog OpenSteps(string client, RunDirectory? directory = null) => new(client, directory ?? Directory, View);
}
