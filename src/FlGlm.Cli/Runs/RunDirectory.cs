using System.Globalization;
using FlGlm.Core.Configuration;

namespace FlGlm.Cli.Runs;

/// <summary>The directory of a run's output: config.yaml, metrics.jsonl, flglm.log, adapter/.</summary>
internal sealed class RunDirectory
{
    private readonly bool _isNew;
    private bool _isKept;

    private RunDirectory(string path, bool isNew) => (Path, _isNew) = (path, isNew);

    public string Path { get; }

    public string ConfigPath => System.IO.Path.Combine(Path, "config.yaml");

    public string MetricsPath => System.IO.Path.Combine(Path, "metrics.jsonl");

    public string LogPath => System.IO.Path.Combine(Path, "flglm.log");

    /// <summary>The trained adapter (or, with <c>peft.method: none</c>, the checkpoint); not created here.</summary>
    public string AdapterPath => System.IO.Path.Combine(Path, "adapter");

    /// <summary>Creates the directory that <paramref name="settings"/> names, or a new <c>runs/COMMAND-TIMESTAMP</c>.</summary>
    /// <exception cref="ConfigurationException">It cannot be created.</exception>
    public static RunDirectory Create(RunSettings settings, string command, TimeProvider time)
    {
        var path = settings.Directory.Length > 0 ? settings.Directory : Fresh(command, time);
        return Make(path);
    }

    /// <summary>A run directory inside this one, for one of several clients.</summary>
    public RunDirectory Under(string name) => Make(System.IO.Path.Combine(Path, name));

    /// <summary>Writes the resolved configuration; loading it repeats the run.</summary>
    public void WriteConfig(FlGlmConfig config) =>
        RunFile.Guard(ConfigPath, () => File.WriteAllText(ConfigPath, ConfigWriter.Write(config)));

    /// <summary>Called when model and data are loaded: from now on the directory is kept, also after an error.</summary>
    public void Keep() => _isKept = true;

    /// <summary>Deletes the directory if the run failed before <see cref="Keep"/>, unless it existed before.</summary>
    public void DiscardUnlessKept()
    {
        if (_isNew && !_isKept)
            Directory.Delete(Path, recursive: true);
    }

    private static string Fresh(string command, TimeProvider time)
    {
        var stem = System.IO.Path.Combine("runs", $"{command}-{time.GetLocalNow().ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture)}");
        return Enumerable.Range(2, int.MaxValue - 2).Select(n => $"{stem}-{n}").Prepend(stem).First(p => !Directory.Exists(p));
    }

    private static RunDirectory Make(string path)
    {
        var isNew = !Directory.Exists(path);
        RunFile.Guard(path, () => Directory.CreateDirectory(path));
        return new RunDirectory(path, isNew);
    }
}
