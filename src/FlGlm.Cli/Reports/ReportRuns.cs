using FlGlm.Cli.LocalRuns;
using FlGlm.Cli.Runs;
using FlGlm.Core.Configuration;

namespace FlGlm.Cli.Reports;

/// <summary>Finds the runs in the directories that are named, and reads them.</summary>
internal static class ReportRuns
{
    /// <summary>A run directory is one run; of a demo or a simulation each client's, and each run in one process, is one.</summary>
    /// <param name="paths">as they were typed</param>
    /// <exception cref="ConfigurationException">There is no run in one of them.</exception>
    public static IReadOnlyList<ReportRun> Read(IReadOnlyList<string> paths)
    {
        List<string> distinct = [.. paths.Select(path => Path.TrimEndingDirectorySeparator(path)).DistinctBy(Path.GetFullPath)];
        return [.. distinct.SelectMany(path => Read(path, NameOf(path, distinct)))];
    }

    /// <summary>Refuses runs of different models, whose losses say nothing of each other.</summary>
    /// <exception cref="ConfigurationException">There are some.</exception>
    public static void ExpectOneModel(IReadOnlyList<ReportRun> runs)
    {
        if (OtherModel(runs) is var (first, other))
            throw new ConfigurationException("model.path", $"is '{first.Model}' in {first.Name} and '{other.Model}' in {other.Name}; name runs of one model, or compare them all the same with --force.");
    }

    /// <summary>Two runs whose models differ; null = there are none.</summary>
    public static (ReportRun First, ReportRun Other)? OtherModel(IReadOnlyList<ReportRun> runs)
    {
        var first = runs.FirstOrDefault(run => run.Model is not null);
        return first is not null && runs.FirstOrDefault(first.HasOtherModelThan) is { } other ? (first, other) : null;
    }

    private static IReadOnlyList<ReportRun> Read(string path, string name)
    {
        if (!Directory.Exists(path))
            throw new ConfigurationException("", $"'{path}' is no directory; name the run directory of `flglm client`, `train` or `demo`, or a folder of `flglm simulate`.");
        List<string> folders = [.. Folders(path)];
        if (folders.Count == 0)
            throw new ConfigurationException("", $"'{path}' has no {RunDirectory.MetricsName}, in none of its folders either; name the run directory of `flglm client`, `train` or `demo`, or a folder of `flglm simulate`.");
        List<ReportRun> runs = [.. folders.Select(folder => Read(folder, path, name)).OfType<ReportRun>()];
        return runs.Count > 0 ? runs : throw new ConfigurationException("", $"'{path}' has no step yet; the report needs one at least.");
    }

    /// <summary>Those that lie deeper, as a demo's runs in one process do, come last.</summary>
    private static IEnumerable<string> Folders(string path) => File.Exists(MetricsIn(path))
        ? [path]
        : Directory.EnumerateFiles(path, RunDirectory.MetricsName, SearchOption.AllDirectories).Select(file => Path.GetDirectoryName(file)!)
            .OrderBy(folder => folder.Count(letter => letter == Path.DirectorySeparatorChar)).ThenBy(folder => folder, StringComparer.Ordinal);

    /// <returns>null where the run has taken no step</returns>
    private static ReportRun? Read(string folder, string named, string name)
    {
        var steps = RecordedStep.Read(MetricsIn(folder));
        if (steps.Count == 0)
            return null;
        var inside = Path.GetRelativePath(named, folder).Replace('\\', '/');
        var whole = inside == "." ? name : name.Length > 0 ? $"{name}/{inside}" : inside;
        return new ReportRun(whole, folder, ConfigOf(folder, named), steps, RecordedValidation.Read(Path.Combine(folder, RunDirectory.ValidationName)));
    }

    /// <summary>Its own, or that of a folder above it, up to the one that was named. One that this version cannot read is none.</summary>
    private static FlGlmConfig? ConfigOf(string folder, string named)
    {
        var file = Path.Combine(folder, RunDirectory.ConfigName);
        if (!File.Exists(file))
            return Path.GetFullPath(folder) == Path.GetFullPath(named) ? null : ConfigOf(Path.GetDirectoryName(folder)!, named);
        try
        {
            return ConfigFile.Load<FlGlmConfig>(file, [], sections: []).Settings;
        }
        catch (ConfigurationException)
        {
            return null;
        }
    }

    /// <summary>The name of the folder, or where two have the same name its path. The sides of one folder alone need none before theirs.</summary>
    private static string NameOf(string path, IReadOnlyList<string> all)
    {
        var name = Path.GetFileName(Path.GetFullPath(path));
        if (all.Count == 1)
            return File.Exists(MetricsIn(path)) ? name : "";
        return all.Count(other => Path.GetFileName(Path.GetFullPath(other)) == name) > 1 ? path.Replace('\\', '/') : name;
    }

    private static string MetricsIn(string folder) => Path.Combine(folder, RunDirectory.MetricsName);
}
