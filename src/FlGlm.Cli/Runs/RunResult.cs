using FlGlm.Cli.Hosting;
using FlGlm.Core.Peft;
using FlGlm.Core.Splitting;
using Microsoft.Extensions.Logging;
using static TorchSharp.torch;

namespace FlGlm.Cli.Runs;

/// <summary>Writes what a run trained into its run directory.</summary>
internal static partial class RunResult
{
    /// <param name="stages">whose parameters these are</param>
    public static Task SaveAsync(RunContext run, Workplace place, IReadOnlySet<StageName> stages, IEnumerable<NamedParameter> parameters) =>
        SaveAsync(run, place, stages, parameters.ToDictionary(parameter => parameter.Name, parameter => (Tensor)parameter.Value));

    /// <inheritdoc cref="SaveAsync(RunContext, Workplace, IReadOnlySet{StageName}, IEnumerable{NamedParameter})"/>
    public static async Task SaveAsync(RunContext run, Workplace place, IReadOnlySet<StageName> stages, IReadOnlyDictionary<string, Tensor> values)
    {
        var logger = run.Loggers.CreateLogger("flglm");
        var written = await place.Lane.RunAsync(
            () => TrainedParts.Write(run.Directory.AdapterPath, place.Checkpoint, place.Blueprint, stages, values), CancellationToken.None);
        foreach (var path in written)
            LogWritten(logger, path);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "written: {Path}")]
    private static partial void LogWritten(ILogger logger, string path);
}
