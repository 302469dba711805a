using FlGlm.Cli.Hosting;
using FlGlm.Core.Peft;
using FlGlm.Core.Splitting;
using Microsoft.Extensions.Logging;
using static TorchSharp.torch;

namespace FlGlm.Cli.Runs;

/// <summary>Writes the trained parameters to the run directory.</summary>
internal static partial class RunResult
{
    /// <param name="stages">the stages that the parameters belong to</param>
    /// <param name="runId">the id that parts of the result keep; empty where the result is whole</param>
    public static Task SaveAsync(RunContext run, RunSetup setup, IReadOnlySet<StageName> stages, IEnumerable<NamedParameter> parameters, string runId = "") =>
        SaveAsync(run, setup, stages, parameters.ToDictionary(parameter => parameter.Name, parameter => (Tensor)parameter.Value), runId);

    /// <inheritdoc cref="SaveAsync(RunContext, RunSetup, IReadOnlySet{StageName}, IEnumerable{NamedParameter}, string)"/>
    public static async Task SaveAsync(RunContext run, RunSetup setup, IReadOnlySet<StageName> stages, IReadOnlyDictionary<string, Tensor> values, string runId)
    {
        var logger = run.Loggers.CreateLogger("flglm");
        var written = await setup.Lane.RunAsync(
            () => TrainedParts.Write(run.Directory.AdapterPath, setup.Checkpoint, setup.Blueprint, stages, values, runId), CancellationToken.None);
        foreach (var path in written)
            LogWritten(logger, path);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "written: {Path}")]
    private static partial void LogWritten(ILogger logger, string path);
}
