using System.Globalization;
using FlGlm.Core.Configuration;

namespace FlGlm.Cli.Runs;

/// <summary>What a run leaves behind: config.yaml, metrics.jsonl, flglm.log, adapter/.</summary>
internal sealed class RunDirectory
{
    private RunDirectory(string path) => Path = path;

    public string Path { get; }

    public string ConfigPath => System.IO.Path.Combine(Path, "config.yaml");

    public string MetricsPath => System.IO.Path.Combine(Path, "metrics.jsonl");

    public string LogPath => System.IO.Path.Combine(Path, "flglm.log");

    /// <summary>The trained adapter (or, with <c>peft.method: none</c>, the checkpoint); not made yet.</summary>
    public string AdapterPath => System.IO.Path.Combine(Path, "adapter");

    /// <summary>Makes the directory that <paramref name="settings"/> names, or a fresh <c>runs/COMMAND-TIMESTAMP</c>.</summary>
    /// <exception cref="ConfigurationException">It cannot be made.</exception>
    public static RunDirectory Create(RunSettings settings, string command, TimeProvider time)
    {
        var path = settings.Directory.Length > 0 ? settings.Directory : Fresh(command, time);
        return Make(path);
    }

    /// <summary>A directory of the same kind inside this one, for one client of several.</summary>
    public RunDirectory Under(string name) => Make(System.IO.Path.Combine(Path, name));

    /// <summary>Writes the resolved configuration; loading it repeats the run.</summary>
    public void WriteConfig(FlGlmConfig config) => File.WriteAllText(ConfigPath, ConfigWriter.Write(config));

    private static string Fresh(string command, TimeProvider time)
    {
        var stem = System.IO.Path.Combine("runs", $"{command}-{time.GetLocalNow().ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture)}");
        return Enumerable.Range(2, int.MaxValue - 2).Select(n => $"{stem}-{n}").Prepend(stem).First(p => !Directory.Exists(p));
    }

    private static RunDirectory Make(string path)
    {
        try
        {
            Directory.CreateDirectory(path);
            return new RunDirectory(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException("run.directory", $"'{path}' cannot be made ({e.Message.TrimEnd('.')}); name a folder that can.");
        }
    }
}
