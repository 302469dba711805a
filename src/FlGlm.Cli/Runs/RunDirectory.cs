using System.Globalization;
using FlGlm.Core.Configuration;

namespace FlGlm.Cli.Runs;

/// <summary>The directory of a run's output: config.yaml, data.jsonl, partition.json, metrics.jsonl, flglm.log, adapter/.</summary>
internal sealed class RunDirectory
{
    private const string ConfigName = "config.yaml";

    private readonly bool _isNew;
    private bool _isKept;
    private string? _config;

    private RunDirectory(string path, bool isNew) => (Path, _isNew) = (path, isNew);

    public string Path { get; }

    public string ConfigPath => System.IO.Path.Combine(Path, ConfigName);

    public string MetricsPath => System.IO.Path.Combine(Path, "metrics.jsonl");

    public string LogPath => System.IO.Path.Combine(Path, "flglm.log");

    /// <summary>The trained adapter (or, with <c>peft.method: none</c>, the checkpoint); not created here.</summary>
    public string AdapterPath => System.IO.Path.Combine(Path, "adapter");

    /// <summary>Creates the directory that <paramref name="settings"/> names, or a new <c>runs/COMMAND-TIMESTAMP</c>.</summary>
    /// <exception cref="ConfigurationException">It cannot be created.</exception>
    /// <param name="parent">The folder of new directories.</param>
    public static RunDirectory Create(RunSettings settings, string command, TimeProvider time, string parent = "runs") =>
        settings.Directory.Length > 0 ? Make(settings.Directory) : Fresh(command, time, parent);

    /// <summary>A run directory inside this one, for one of several clients.</summary>
    public RunDirectory Under(string name) => Make(System.IO.Path.Combine(Path, name));

    /// <summary>Writes the resolved configuration; loading it repeats the run. That of an earlier run stays until <see cref="Keep"/>.</summary>
    public void WriteConfig(FlGlmConfig config)
    {
        _config = ConfigWriter.Write(config);
        if (_isNew || !File.Exists(ConfigPath))
            WriteConfig();
        else
            RunFile.Guard(ConfigPath, () => File.OpenWrite(ConfigPath).Dispose());
    }

    /// <summary>Called when model and data are loaded: from now on the directory is kept, also after an error.</summary>
    public void Keep()
    {
        _isKept = true;
        WriteConfig();
    }

    /// <summary>Deletes the directory if the run failed before <see cref="Keep"/>, unless it existed before.</summary>
    public void DiscardUnlessKept()
    {
        if (_isNew && !_isKept)
            Directory.Delete(Path, recursive: true);
    }

    private void WriteConfig()
    {
        if (_config is { } text)
            RunFile.Guard(ConfigPath, () => File.WriteAllText(ConfigPath, text));
        _config = null;
    }

    private static RunDirectory Fresh(string command, TimeProvider time, string parent)
    {
        var stem = System.IO.Path.Combine(parent, $"{command}-{time.GetLocalNow().ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture)}");
        var path = Enumerable.Range(2, int.MaxValue - 2).Select(n => $"{stem}-{n}").Prepend(stem).First(candidate => RunFile.Guard(candidate, () => TryClaim(candidate)));
        return new RunDirectory(path, isNew: true);
    }

    /// <summary>Creates a directory of this run alone. Its config.yaml decides: of several processes, only one can create that file.</summary>
    /// <returns>false where another run has the directory</returns>
    private static bool TryClaim(string path)
    {
        if (Directory.Exists(path))
            return false;
        var claim = System.IO.Path.Combine(Directory.CreateDirectory(path).FullName, ConfigName);
        try
        {
            using var file = new FileStream(claim, FileMode.CreateNew);
            return true;
        }
        catch (IOException) when (File.Exists(claim) || !Directory.Exists(path))
        {
            return false;
        }
    }

    private static RunDirectory Make(string path)
    {
        var isNew = !Directory.Exists(path);
        RunFile.Guard(path, () => Directory.CreateDirectory(path));
        return new RunDirectory(path, isNew);
    }
}
