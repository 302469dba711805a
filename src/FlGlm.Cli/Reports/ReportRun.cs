using FlGlm.Cli.LocalRuns;
using FlGlm.Cli.Runs;

namespace FlGlm.Cli.Reports;

/// <summary>A run as its directory records it.</summary>
/// <param name="Name">In tables and plots.</param>
/// <param name="Folder">The directory.</param>
/// <param name="Config">Null where there is none that can be read.</param>
/// <param name="Steps">One or more.</param>
internal sealed record ReportRun(string Name, string Folder, FlGlmConfig? Config, IReadOnlyList<RecordedStep> Steps, IReadOnlyList<RecordedValidation> Validations)
{
    /// <summary>Whether it was trained in one process: nothing was sent.</summary>
    public bool IsCentralised => Steps.All(step => step.BytesUp == 0);

    /// <summary>The last folder of its path: of a demo, the client.</summary>
    public string Side => Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(Folder)));

    /// <summary>Seconds of all steps, without what is between them.</summary>
    public double Seconds => Steps.Sum(step => step.Seconds[RecordedStep.Total]);

    /// <summary>Tokens in a second of these.</summary>
    public double TokensPerSecond => Seconds > 0 ? Steps.Sum(step => (long)step.Tokens) / Seconds : 0;

    /// <summary>The lowest validation loss; null = there was no validation.</summary>
    public RecordedValidation? Best => Validations.MinBy(validation => validation.Loss);

    /// <summary>The names of its metrics.</summary>
    public IEnumerable<string> Metrics => Validations.SelectMany(validation => validation.Metrics?.Keys ?? []).Distinct();

    /// <summary>The model's path in its configuration; null where that is not known.</summary>
    public string? Model => Config is { Model.Path: { Length: > 0 } path } ? Path.TrimEndingDirectorySeparator(path) : null;

    /// <summary>Whether another run's model may be another.</summary>
    public bool HasOtherModelThan(ReportRun other) => Model is { } own && other.Model is { } theirs && Path.GetFullPath(own) != Path.GetFullPath(theirs);

    /// <summary>The settings that tell runs apart.</summary>
    public IReadOnlyDictionary<string, string> Settings => Config is null ? new Dictionary<string, string>() : MainSettings.Of(Config).ToDictionary(line => line.Key, line => line.Value);
}
